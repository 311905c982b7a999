import type { ReportedInventory } from '../command.ts';
import type { BatchPart } from '../instance-command.ts';
import type { ResourceRequest } from '../request.ts';
import { AGENT, ORIGIN, report, type Scenario } from './scenario.ts';

/** A claim on `node-1`, unless told otherwise. */
export const claim = (
  instance: string,
  request: ResourceRequest,
  fields: { readonly node?: string; readonly alternates?: readonly string[] } = {},
): BatchPart => ({ type: 'ClaimInstance', origin: ORIGIN, node: 'node-1', instance, request, ...fields });

/** Drops what `hold` has claimed. */
export const drop = (instance: string, node = 'node-1'): BatchPart => {
  return { type: 'DropInstance', origin: ORIGIN, node, instance, claimId: `claim-${instance}` };
};

/** Registers `node-1` and `node-2` of one agent, so that it may send a batch for both. */
export const registerNodes = (scenario: Scenario, inventories: readonly ReportedInventory[]): void => {
  for (const node of ['node-1', 'node-2']) {
    scenario.given(AGENT, { type: 'RegisterNode', node, bootId: 'boot-1' });
    scenario.given(AGENT, report([{ id: node, inventories }], 1, 1, node));
  }
};
