import type * as z from 'zod';
import { INSTANCE_BODY_SCHEMAS } from './instance-schemas.ts';
import { NODE_BODY_SCHEMAS } from './node-schemas.ts';

export type { BatchPartBody } from './instance-schemas.ts';
export type {
  InventoryPolicyBody,
  OverlayTargetBody,
  ReportedInventoryBody,
  ReportedProviderBody,
} from './node-schemas.ts';

/**
 * The body of every command, as it travels. Fields in the order in which they are stored;
 * type, role and actor are in the subject.
 */
export const COMMAND_BODY_SCHEMAS = { ...NODE_BODY_SCHEMAS, ...INSTANCE_BODY_SCHEMAS } as const;

export type CommandBodies = {
  readonly [Type in keyof typeof COMMAND_BODY_SCHEMAS]: z.output<(typeof COMMAND_BODY_SCHEMAS)[Type]>;
};
