import type { BatchEntry } from '@fleetbook/client';
import { COMMAND_TYPES } from '@fleetbook/domain';

/** What there is for the commands to be about. */
export interface Surroundings {
  readonly node: string;
  readonly other: string;
  readonly instance: string;
  readonly claimId: string;
  readonly moveId: string;
}

const ONE = { resources: { VCPU: 1 } };

/** A well-formed command of every type; whether it would be accepted depends on who sends it, and when. */
export function commandOfEveryType(around: Surroundings): readonly BatchEntry[] {
  const { node, other: destination, instance, claimId, moveId } = around;
  const claim = { node, instance, claimId };
  const move = { instance, moveId };
  const charge = [{ provider: node, class: 'VCPU', amount: 1 }];
  const commands: readonly BatchEntry[] = [
    { type: 'RegisterNode', node, bootId: 'boot-9' },
    { type: 'ReportInventory', node, incarnation: 1, sequence: 9, mode: 'unsupported', reason: 'why not' },
    { type: 'EnableNode', node },
    { type: 'DisableNode', node, reason: 'why not' },
    { type: 'RetireNode', node },
    { type: 'MarkNodeDown', node, reason: 'why not', fenced: true },
    { type: 'TransferNode', node, owner: 'me' },
    { type: 'RevokeCheckpoint', upTo: 1, reason: 'why not' },
    { type: 'SetInventoryPolicy', node, policies: [{ provider: node, class: 'VCPU', reserved: 1 }] },
    { type: 'SetAggregates', node, provider: node, aggregates: ['mine'] },
    { type: 'SetOverlay', node, targets: [] },
    { type: 'SetDriftPolicy', node, policy: 'heal-all', mayFree: 100 },
    { type: 'Reshape', node, incarnation: 1, rules: [{ class: 'VCPU', from: node, to: `${node}:numa-0` }] },
    { type: 'ReportBuildResult', node, instance, result: 'failed' },
    { type: 'ReportInstanceState', ...claim, state: { vm: 'active' } },
    { type: 'ReportGuests', node, incarnation: 1, complete: true, takenAt: 1, guests: [] },
    { type: 'ClaimInstance', node, instance: 'another', request: ONE },
    { type: 'ConfirmClaim', ...claim },
    { type: 'AbortClaim', ...claim },
    { type: 'DropInstance', ...claim },
    { type: 'ShelveOffload', ...claim },
    { type: 'RebuildInstance', ...claim, stage: 'before', request: ONE },
    { type: 'AdoptInstance', node, instance: 'another', charge },
    { type: 'ForceDrop', ...claim, reason: 'why not' },
    { type: 'ClaimMove', kind: 'live', instance, source: node, claimId, destination },
    { type: 'AdvanceMove', ...move, to: 'prepared' },
    { type: 'ConfirmMove', ...move },
    { type: 'RevertMove', ...move },
    { type: 'FailMove', ...move, reason: 'why not' },
    { type: 'CancelMove', ...move },
    { type: 'DropMoveClaim', ...move, side: 'destination', state: 'cancelled' },
    { type: 'AtomicBatch', commands: [{ type: 'CancelMove', ...move }] },
  ];
  const missing = COMMAND_TYPES.find((type) => !commands.some((command) => command.type === type));
  if (missing !== undefined) {
    throw new Error(`there is no ${missing} here`);
  }
  return commands;
}
