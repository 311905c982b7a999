import type { Command, ResourceRequest } from '@fleetbook/domain';
import { type Commit, ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog, type MemoryLog } from '@fleetbook/event-log/memory';
import { decodeSnapshot, encodeSnapshot } from '@fleetbook/snapshot';
import fc from 'fast-check';
import { CHECKPOINT_FILE, type CheckpointFacts, captureCheckpoint, type IndexChunk } from '../checkpoint/capture.ts';
import { restoreCheckpoint } from '../checkpoint/restore.ts';
import { createInventoryView, type InventoryView } from '../view/inventory-view.ts';
import { agentOf, ONE_GPU, OPERATOR, ORIGIN_OF_TESTS, providersOf, SCHEDULER, SMALL } from './fleet.ts';
import { foundHistory, type HistoryWriter } from './history-writer.ts';

const NODES = ['a', 'b', 'cc', 'dd'] as const;
const INSTANCES = ['i1', 'i2', 'i3', 'i4', 'i5', 'i6'] as const;
export const TENANTS = ['t1', 't2'] as const;

export const REQUESTS: readonly ResourceRequest[] = [
  SMALL,
  ONE_GPU,
  { resources: { VCPU: 40 } },
  { resources: { VCPU: 1 }, traits: { required: ['HW_FAST'] } },
  { resources: { MEMORY_MB: 1_024 }, traits: { forbidden: ['HW_FAST'] } },
  { resources: { VCPU: 1 }, traits: { anyOf: [['HW_FAST', 'CUSTOM_GPU']] } },
  { groups: [{ name: 'gpus', resources: { CUSTOM_GPU_MILLI: 500 }, count: 2 }] },
  {
    groups: [
      { name: 'one', resources: { CUSTOM_GPU_MILLI: 600 } },
      { name: 'two', resources: { CUSTOM_GPU_MILLI: 600 } },
    ],
  },
  { resources: { CUSTOM_FPGA: 1 } },
  { resources: { VCPU: 65 } },
];

/** A step of a random history of nodes, their reports and claims. */
export type Step =
  | { readonly do: 'register' | 'enable' | 'disable' | 'retire'; readonly node: string; readonly boot: number }
  | { readonly do: 'report'; readonly node: string; readonly gpus: number; readonly isFast: boolean }
  | {
      readonly do: 'claim';
      readonly node: string;
      readonly instance: string;
      readonly request: number;
      readonly tenant: string;
    }
  | { readonly do: 'confirm' | 'abort' | 'drop'; readonly instance: string };

const node = fc.constantFrom(...NODES);
const instance = fc.constantFrom(...INSTANCES);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('register', 'enable', 'disable', 'retire'), node, boot: fc.nat(2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('report' as const), node, gpus: fc.nat(3), isFast: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      node,
      instance,
      request: fc.nat(REQUESTS.length - 1),
      tenant: fc.constantFrom(...TENANTS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('confirm', 'abort', 'drop'), instance }) },
);

export const steps = fc.array(step, { maxLength: 60 });

export function commandOf(
  next: Step,
  writer: HistoryWriter,
  sequence: number,
): readonly [Parameters<HistoryWriter['decide']>[0], Command] {
  const origin = ORIGIN_OF_TESTS;
  switch (next.do) {
    case 'register':
      return [agentOf(next.node), { type: 'RegisterNode', origin, node: next.node, bootId: `boot-${next.boot}` }];
    case 'enable':
      return [OPERATOR, { type: 'EnableNode', origin, node: next.node }];
    case 'disable':
      return [OPERATOR, { type: 'DisableNode', origin, node: next.node, reason: 'test' }];
    case 'retire':
      return [OPERATOR, { type: 'RetireNode', origin, node: next.node }];
    case 'report': {
      const incarnation = writer.ledger.nodes.get(next.node)?.incarnation ?? 1;
      const providers = providersOf(next.node, next.gpus, next.isFast ? ['HW_FAST'] : []);
      const report = {
        type: 'ReportInventory',
        origin,
        node: next.node,
        incarnation,
        sequence,
        mode: 'full',
        providers,
      } as const;
      return [agentOf(next.node), report];
    }
    case 'claim': {
      const request = REQUESTS[next.request] ?? SMALL;
      const { instance: id, tenant } = next;
      return [SCHEDULER, { type: 'ClaimInstance', origin, node: next.node, instance: id, tenant, request }];
    }
    case 'confirm':
    case 'abort':
    case 'drop': {
      const held = writer.ledger.instances.get(next.instance);
      const claim = held?.status === 'held' ? held.claim : { node: 'a', claimId: 'none' };
      const type = ({ confirm: 'ConfirmClaim', abort: 'AbortClaim', drop: 'DropInstance' } as const)[next.do];
      return [agentOf(claim.node), { type, origin, node: claim.node, instance: next.instance, claimId: claim.claimId }];
    }
  }
}

/** What a step of any other kind does. */
export type FreeStep = (writer: HistoryWriter) => void;

export interface WrittenHistory {
  readonly log: MemoryLog;
  readonly writer: HistoryWriter;
  readonly commits: readonly Commit[];
}

/** Writes a history of three nodes with inventory, then the steps, then the free ones. */
export async function writeHistory(all: readonly Step[], more: readonly FreeStep[] = []): Promise<WrittenHistory> {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 3 });
  for (const id of NODES.slice(0, 3)) {
    writer.decide(...commandOf({ do: 'register', node: id, boot: 0 }, writer, 1));
    writer.decide(...commandOf({ do: 'report', node: id, gpus: 2, isFast: id === 'b' }, writer, 1));
  }
  for (const [index, next] of all.entries()) {
    writer.decide(...commandOf(next, writer, index + 2));
  }
  for (const step of more) {
    step(writer);
  }
  await writer.flush();
  const commits: Commit[] = [];
  for await (const batch of log.read(ORIGIN)) {
    commits.push(...batch);
  }
  return { log, writer, commits };
}

/** Small enough that short histories reach it. */
const SETTINGS = { endedInRows: 2, idSeed: 7 };
/** Of the process that opens a checkpoint: what is saved has a seed of its own. */
const OTHER_SETTINGS = { ...SETTINGS, idSeed: 9 };

export function foldCommits(
  commits: readonly Commit[],
  view = createInventoryView(undefined, SETTINGS),
): InventoryView {
  for (const commit of commits) {
    view.apply(commit);
  }
  return view;
}

/** The view as it comes back from a checkpoint of it. @param onLine what is done between its lines. */
export async function throughCheckpoint(
  view: InventoryView,
  onLine: () => void = () => undefined,
): Promise<InventoryView> {
  const captured = captureCheckpoint(view, view.capture());
  if (captured === undefined) {
    return createInventoryView(undefined, SETTINGS);
  }
  const lines: Buffer[] = [];
  for (const line of encodeSnapshot(captured)) {
    lines.push(line);
    onLine();
  }
  const decoded = decodeSnapshot<CheckpointFacts, IndexChunk>(CHECKPOINT_FILE, Buffer.concat(lines));
  const restored = decoded.ok
    ? await restoreCheckpoint(decoded.value, { pause: () => undefined }, OTHER_SETTINGS)
    : undefined;
  if (restored?.ok !== true) {
    throw new Error('the checkpoint cannot be restored');
  }
  return restored.value;
}
