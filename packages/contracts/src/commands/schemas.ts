import * as z from 'zod';
import { PRINTABLE_PATTERN } from '../names.ts';
import {
  classSchema,
  idSchema,
  integerSchema,
  labelKeySchema,
  textSchema,
  timeSchema,
  traitSchema,
  uniqueList,
} from '../primitives.ts';
import { MAXIMUM_RATIO, ratioMillionths } from './ratio.ts';
import { chargeSchema, requestSchema } from './request-schema.ts';

const MAXIMUM_LABELS = 32;
const MAXIMUM_PROVIDERS = 4_096;
const MAXIMUM_INVENTORIES = 256;
const MAXIMUM_UNITS = 4_096;
const MAXIMUM_TRAITS = 1_024;

const originSchema = z.strictObject(
  { client: textSchema(64), version: textSchema(64), host: textSchema(255) },
  'object',
);

const envelope = {
  commandId: idSchema,
  issuedAt: timeSchema,
  correlationId: z.exactOptional(idSchema),
  origin: originSchema,
};

const nodeBody = z.strictObject({ ...envelope, node: idSchema }, 'object');

const claimBody = z.strictObject({ ...envelope, node: idSchema, instance: idSchema, claimId: idSchema }, 'object');

const labelsSchema = z
  .record(labelKeySchema, z.string('string').max(256).regex(PRINTABLE_PATTERN, 'no control characters'), 'object')
  .refine((labels) => Object.keys(labels).length <= MAXIMUM_LABELS, `at most ${MAXIMUM_LABELS} labels`)
  .meta({ maxProperties: MAXIMUM_LABELS });

const allocationRatioSchema = z
  .number('number')
  .gt(0)
  .max(MAXIMUM_RATIO)
  .refine((ratio) => ratioMillionths(ratio) !== undefined, 'at most 6 decimal places');

const reportedInventorySchema = z.strictObject(
  {
    class: classSchema,
    total: integerSchema(0),
    reserved: z.exactOptional(integerSchema(0)),
    minUnit: z.exactOptional(integerSchema(1)),
    maxUnit: z.exactOptional(integerSchema(1)),
    stepSize: z.exactOptional(integerSchema(1)),
    allocationRatio: z.exactOptional(allocationRatioSchema),
    units: z.exactOptional(z.array(idSchema, 'array').max(MAXIMUM_UNITS)),
  },
  'object',
);

const reportedProviderSchema = z.strictObject(
  {
    id: idSchema,
    parent: z.exactOptional(idSchema),
    inventories: z.array(reportedInventorySchema, 'array').max(MAXIMUM_INVENTORIES),
    traits: z.exactOptional(uniqueList(traitSchema, 0, MAXIMUM_TRAITS)),
    aggregates: z.exactOptional(uniqueList(idSchema, 0, MAXIMUM_TRAITS)),
  },
  'object',
);

/**
 * The body of every command, as it travels. Fields in the order in which they are stored;
 * type, role and actor are in the subject.
 */
export const COMMAND_BODY_SCHEMAS = {
  RegisterNode: z.strictObject({ ...envelope, node: idSchema, bootId: idSchema }, 'object'),
  ReportInventory: z.strictObject(
    {
      ...envelope,
      node: idSchema,
      incarnation: integerSchema(1),
      sequence: integerSchema(1),
      mode: z.literal('full', 'full'),
      providers: z.array(reportedProviderSchema, 'array').min(1).max(MAXIMUM_PROVIDERS),
    },
    'object',
  ),
  EnableNode: nodeBody,
  DisableNode: z.strictObject({ ...envelope, node: idSchema, reason: textSchema(512) }, 'object'),
  RetireNode: nodeBody,
  ClaimInstance: z
    .strictObject(
      {
        ...envelope,
        node: idSchema,
        instance: idSchema,
        tenant: z.exactOptional(idSchema),
        labels: z.exactOptional(labelsSchema),
        request: z.exactOptional(requestSchema),
        charge: z.exactOptional(chargeSchema),
      },
      'object',
    )
    .refine(({ request, charge }) => (request === undefined) !== (charge === undefined), 'either request or charge')
    .meta({ oneOf: [{ required: ['request'] }, { required: ['charge'] }] }),
  ConfirmClaim: claimBody,
  AbortClaim: claimBody,
  DropInstance: claimBody,
} as const;

export type CommandBodies = {
  readonly [Type in keyof typeof COMMAND_BODY_SCHEMAS]: z.output<(typeof COMMAND_BODY_SCHEMAS)[Type]>;
};

export type ReportedInventoryBody = z.output<typeof reportedInventorySchema>;
export type ReportedProviderBody = z.output<typeof reportedProviderSchema>;
