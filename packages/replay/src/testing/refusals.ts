import { SCHEDULER } from '@fleetbook/projector/testing';
import { AGENT, gpu, OPERATOR, type Refusal, report } from './refusal-steps.ts';
import { REFUSALS_FOR_ROOM } from './refusals-for-room.ts';

const claimed = (instance = 'i1') => ({ node: 'a', instance, claimId: `claim-${instance}` });
const root = { id: 'a.root', inventories: [{ class: 'VCPU', total: 32 }] };
const guests = { type: 'ReportGuests', node: 'a', incarnation: 1, complete: true, guests: [] } as const;
const down = { type: 'MarkNodeDown', node: 'a', reason: 'dead', fenced: false } as const;

/** One for each code that is recorded. */
export const REFUSALS: readonly Refusal[] = [
  ...REFUSALS_FOR_ROOM,
  { code: 'NODE_NOT_FOUND', lead: ({ claim }) => claim('i1', gpu(1), 'x'), details: { node: 'x' } },
  {
    code: 'NODE_OWNED_BY',
    lead: ({ ask }) => ask({ role: 'agent', id: 'thief' }, { type: 'RegisterNode', node: 'a', bootId: 'boot-9' }),
    details: { node: 'a', owner: 'agent-a' },
  },
  {
    code: 'NODE_RETIRED',
    lead: ({ ask, claim }) => {
      ask(OPERATOR, { type: 'RetireNode', node: 'a' });
      claim('i1');
    },
    details: { node: 'a' },
  },
  {
    code: 'STALE_INCARNATION',
    lead: ({ ask }) => {
      ask(AGENT, { type: 'RegisterNode', node: 'a', bootId: 'boot-2' });
      ask(AGENT, { ...report, sequence: 9, providers: [root] });
    },
    details: { incarnation: 1, currentIncarnation: 2 },
  },
  {
    code: 'STALE_REPORT',
    lead: ({ ask }) => {
      ask(AGENT, { ...report, sequence: 7, providers: [root] });
      ask(AGENT, { ...report, sequence: 6, providers: [{ ...root, traits: ['NEW'] }] });
    },
    details: { sequence: 6, recordedSequence: 7 },
  },
  {
    code: 'TAKEN_AT_AHEAD',
    lead: ({ ask }) => ask(AGENT, { ...guests, takenAt: 1_000_000 }),
    details: { takenAt: 1_000_000 },
  },
  {
    code: 'INVALID_INVENTORY',
    lead: ({ ask }) => ask(AGENT, { ...report, sequence: 2, providers: [root, { ...root, id: 'a.two' }] }),
    details: { node: 'a' },
  },
  {
    code: 'PROVIDER_ELSEWHERE',
    lead: ({ ask }) => ask(AGENT, { ...report, sequence: 2, providers: [{ ...root, id: 'b.root' }] }),
    details: { provider: 'b.root', otherNode: 'b' },
  },
  {
    code: 'INVALID_OVERLAY',
    lead: ({ ask }) =>
      ask(OPERATOR, {
        ...{ type: 'SetOverlay', node: 'a' },
        targets: [{ provider: 'a.root', inventories: [{ class: 'VCPU', total: 4 }] }],
      }),
    details: { node: 'a', provider: 'a.root' },
  },
  {
    code: 'RESHAPE_MISMATCH',
    lead: ({ ask }) =>
      ask(AGENT, {
        ...{ type: 'Reshape', node: 'a', incarnation: 1 },
        rules: [{ class: 'VCPU', from: 'a.root', to: 'a.nowhere' }],
      }),
    details: { node: 'a', rule: 0 },
  },
  {
    code: 'HEAL_TOO_LARGE',
    lead(steps) {
      const { ask, writer } = steps;
      ['i1', 'i2', 'i3', 'i4', 'i5'].forEach((instance) => void steps.confirmed(instance));
      ask(OPERATOR, { type: 'SetDriftPolicy', node: 'a', policy: 'heal-all' });
      ask(AGENT, { ...guests, takenAt: writer.number });
      writer.pass(61_000);
      ask(AGENT, { ...guests, takenAt: writer.number });
    },
    details: { policy: 'heal-all', count: 5, limit: 3 },
  },
  {
    code: 'NODE_NOT_EMPTY',
    lead({ claim, ask }) {
      claim('i1');
      ask(OPERATOR, { type: 'RetireNode', node: 'a' });
    },
    details: { count: 1 },
    holders: ['i1 VCPU 8'],
  },
  {
    code: 'NODE_DOWN',
    lead({ claim, ask }) {
      ask(OPERATOR, down);
      claim('i1');
    },
    details: { reason: 'dead' },
  },
  {
    code: 'NODE_DISABLED',
    lead({ claim, ask }) {
      ask(OPERATOR, { type: 'DisableNode', node: 'a', reason: 'closed' });
      claim('i1');
    },
    details: { reason: 'closed' },
  },
  {
    code: 'INVENTORY_UNKNOWN',
    lead({ claim, ask }) {
      ask({ role: 'agent', id: 'agent-c' }, { type: 'RegisterNode', node: 'c', bootId: 'boot-1' });
      claim('i1', gpu(1), 'c');
    },
    details: { node: 'c' },
  },
  {
    code: 'INVENTORY_STALE',
    lead({ claim, ask }) {
      ask(AGENT, { ...report, mode: 'unsupported', sequence: 2, reason: 'driver' });
      claim('i1');
    },
    details: { reason: 'driver' },
  },
  {
    code: 'GUEST_REPORT_OWED',
    lead({ claim, writer }) {
      const keptTo = writer.number;
      const fork = { from: 'history-1', newHistoryId: 'history-2', keptTo, lostTo: keptTo + 3 };
      writer.record([{ type: 'HistoryForked', schemaVersion: 1, data: { ...fork, reason: 'disk' } }]);
      claim('i1');
    },
    details: { node: 'a' },
  },
  {
    code: 'MOVE_NOT_FOUND',
    lead: ({ ask }) => ask(SCHEDULER, { type: 'ConfirmMove', instance: 'i1', moveId: 'none' }),
    details: { moveId: 'none' },
  },
  {
    code: 'CLAIM_NOT_FOUND',
    lead: ({ ask }) => ask(AGENT, { type: 'ConfirmClaim', ...claimed() }),
    details: { instance: 'i1' },
  },
  {
    code: 'INSTANCE_ENDED',
    lead({ claim, ask }) {
      claim('i1');
      ask(AGENT, { type: 'DropInstance', ...claimed() });
      ask(AGENT, { type: 'ConfirmClaim', ...claimed() });
    },
    details: { instance: 'i1' },
  },
  {
    code: 'CLAIM_MISMATCH',
    lead({ claim, ask }) {
      claim('i1');
      ask(AGENT, { type: 'ConfirmClaim', ...claimed(), claimId: 'other' });
    },
    details: { instance: 'i1' },
  },
  {
    code: 'MOVE_MISMATCH',
    lead(steps) {
      steps.confirmed('i1');
      steps.move('i1');
      steps.ask(SCHEDULER, { type: 'ConfirmMove', instance: 'i2', moveId: 'move-i1' });
    },
    details: { moveId: 'move-i1', state: 'claimed' },
  },
  {
    code: 'CLAIM_CONFIRMED',
    lead(steps) {
      steps.confirmed('i1');
      steps.ask(AGENT, { type: 'AbortClaim', ...claimed() });
    },
    details: { instance: 'i1' },
  },
  {
    code: 'CLAIM_UNCONFIRMED',
    lead(steps) {
      steps.claim('i1');
      steps.move('i1');
    },
    details: { instance: 'i1' },
  },
  {
    code: 'CLAIM_RELEASING',
    lead(steps) {
      steps.confirmed('i1');
      steps.ask(SCHEDULER, { type: 'DropInstance', ...claimed() });
      steps.move('i1');
    },
    details: { instance: 'i1' },
  },
  {
    code: 'REBUILD_GROWS',
    lead(steps) {
      steps.confirmed('i1');
      const request = { resources: { VCPU: 9 } };
      steps.ask(AGENT, { type: 'RebuildInstance', ...claimed(), stage: 'after', request });
    },
    details: { node: 'a' },
  },
  {
    code: 'MOVE_OPEN',
    lead(steps) {
      steps.confirmed('i1');
      steps.move('i1');
      steps.move('i1', {}, 'again');
    },
    details: { instance: 'i1' },
  },
  {
    code: 'MOVE_STATE',
    lead(steps) {
      steps.confirmed('i1');
      steps.move('i1');
      steps.ask(SCHEDULER, { type: 'ConfirmMove', instance: 'i1', moveId: 'move-i1' });
    },
    details: { state: 'claimed' },
  },
  {
    code: 'INSTANCE_ALREADY_HELD',
    lead({ claim, ask }) {
      claim('i1');
      ask(SCHEDULER, { type: 'ClaimInstance', node: 'b', instance: 'i1', request: gpu(1) });
    },
    details: { instance: 'i1' },
  },
  {
    code: 'INSTANCE_OFFLOADED',
    lead(steps) {
      steps.confirmed('i1');
      steps.ask(AGENT, { type: 'ShelveOffload', ...claimed() });
      steps.ask(SCHEDULER, { type: 'ClaimInstance', node: 'b', instance: 'i1', request: gpu(1) });
    },
    details: { instance: 'i1' },
  },
  {
    code: 'MOVE_ID_TAKEN',
    lead(steps) {
      steps.confirmed('i1');
      steps.move('i1', {}, 'taken');
      steps.ask(SCHEDULER, { type: 'CancelMove', instance: 'i1', moveId: 'taken' });
      steps.move('i1', {}, 'taken');
    },
    details: { moveId: 'taken' },
  },
  {
    code: 'SOURCE_NOT_DOWN',
    lead(steps) {
      steps.confirmed('i1');
      steps.move('i1', { kind: 'evacuation' });
    },
    details: { node: 'a', status: 'enabled' },
  },
  {
    code: 'SAME_NODE',
    lead(steps) {
      steps.confirmed('i1');
      steps.move('i1', { kind: 'live', destination: 'a' });
    },
    details: { node: 'a' },
  },
  {
    code: 'REPLACE_NEEDS_SAME_NODE',
    lead(steps) {
      steps.confirmed('i1');
      steps.move('i1', { kind: 'resize', replace: true });
    },
    details: { source: 'a', destination: 'b' },
  },
];
