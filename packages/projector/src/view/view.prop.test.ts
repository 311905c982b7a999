import type { CandidatesQuery } from '@fleetbook/contracts';
import {
  type Command,
  explainFleet,
  judgeCandidate,
  type Ledger,
  type Node,
  prepareDemand,
  type ResourceRequest,
} from '@fleetbook/domain';
import { type Commit, ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCandidates } from '../candidates/find-candidates.ts';
import { createReasonMemo } from '../candidates/reason-memo.ts';
import { captureCheckpoint } from '../checkpoint/capture.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/format.ts';
import { restoreCheckpoint } from '../checkpoint/restore.ts';
import { answerNodes } from '../queries/node-queries.ts';
import { answerUsage } from '../queries/usage-query.ts';
import { agentOf, ONE_GPU, OPERATOR, ORIGIN_OF_TESTS, providersOf, SCHEDULER, SMALL } from '../testing/fleet.ts';
import { foundHistory, type HistoryWriter } from '../testing/history-writer.ts';
import { digestOf } from '../testing/run-projector.ts';
import { createInventoryView, type InventoryView } from './inventory-view.ts';

const NODES = ['a', 'b', 'cc', 'dd'] as const;
const INSTANCES = ['i1', 'i2', 'i3', 'i4', 'i5', 'i6'] as const;
const TENANTS = ['t1', 't2'] as const;

const REQUESTS: readonly ResourceRequest[] = [
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

type Step =
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

const steps = fc.array(step, { maxLength: 60 });

function commandOf(
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

async function write(all: readonly Step[]): Promise<{ writer: HistoryWriter; commits: readonly Commit[] }> {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 3 });
  for (const id of NODES.slice(0, 3)) {
    writer.decide(...commandOf({ do: 'register', node: id, boot: 0 }, writer, 1));
    writer.decide(...commandOf({ do: 'report', node: id, gpus: 2, isFast: id === 'b' }, writer, 1));
  }
  for (const [index, next] of all.entries()) {
    writer.decide(...commandOf(next, writer, index + 2));
  }
  await writer.flush();
  const commits: Commit[] = [];
  for await (const batch of log.read(ORIGIN)) {
    commits.push(...batch);
  }
  return { writer, commits };
}

function fold(commits: readonly Commit[], view = createInventoryView()): InventoryView {
  for (const commit of commits) {
    view.apply(commit);
  }
  return view;
}

function throughCheckpoint(view: InventoryView): InventoryView {
  const captured = captureCheckpoint(view);
  if (captured === undefined) {
    return createInventoryView();
  }
  const decoded = decodeCheckpoint(Buffer.concat(Array.from(encodeCheckpoint(captured))));
  const restored = decoded.ok ? restoreCheckpoint(decoded.value) : undefined;
  if (restored === undefined) {
    throw new Error('the checkpoint cannot be restored');
  }
  return restored;
}

/** What the columns and the ranking must give, from the records alone. */
function bruteForce(ledger: Ledger, request: ResourceRequest, strategy: 'pack' | 'spread'): readonly string[] {
  const demand = prepareDemand({ request });
  const amounts = new Map<string, number>();
  for (const [name, amount] of Object.entries(request.resources ?? {})) {
    amounts.set(name, (amounts.get(name) ?? 0) + amount);
  }
  for (const group of request.groups ?? []) {
    for (const [name, amount] of Object.entries(group.resources)) {
      amounts.set(name, (amounts.get(name) ?? 0) + amount * (group.count ?? 1));
    }
  }
  const scored = Array.from(ledger.nodes.values())
    .filter((each) => judgeCandidate(each, demand, 20_000).kind === 'fits')
    .map((each) => ({ id: each.id, left: leftShare(each, amounts) * (strategy === 'pack' ? 1 : -1) }));
  return scored.sort((one, two) => one.left - two.left || (one.id < two.id ? -1 : 1)).map(({ id }) => id);
}

function leftShare({ providers }: Node, amounts: ReadonlyMap<string, number>): number {
  let share = 0;
  for (const [name, amount] of amounts) {
    const inventories = providers.flatMap((each) => each.inventories.filter((inventory) => inventory.class === name));
    const headroom = inventories.reduce((sum, each) => sum + Math.max(0, each.capacity - each.charged), 0);
    const capacity = inventories.reduce((sum, each) => sum + each.capacity, 0);
    share += (headroom - amount) / capacity;
  }
  return share;
}

async function candidates(view: InventoryView, query: CandidatesQuery, memo = createReasonMemo()) {
  return findCandidates(view.table, query, { fitWorkLimit: 20_000, slices: { pause: () => undefined }, memo });
}

describe('a view of any history', () => {
  it('has the digest of its records, whether folded in one go or over a checkpoint anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(1_000), fc.nat(50), async (all, cut, hashed) => {
        const { writer, commits } = await write(all);
        const place = cut % (commits.length + 1);
        const first = fold(commits.slice(0, place));
        first.digest.work(hashed);
        const view = fold(commits.slice(place), throughCheckpoint(first));
        expect(view.digest.hex()).toBe(digestOf(writer.ledger));
        expect(fold(commits).digest.hex()).toBe(digestOf(writer.ledger));
        expect(view.bookmark).toEqual(writer.bookmark);
        expect(captureCheckpoint(view)?.header).toEqual(captureCheckpoint(fold(commits))?.header);
      }),
      { numRuns: 60 },
    );
  });

  it('answers about nodes, usage and histories what its records and events say', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(1_000), async (all, cut) => {
        const { writer, commits } = await write(all);
        const place = cut % (commits.length + 1);
        const first = fold(commits.slice(0, place));
        first.table.refresh();
        const view = fold(commits.slice(place), first);
        expectUsage(view, writer.ledger);
        for (const status of ['enabled', 'disabled', 'retired'] as const) {
          const found = answerNodes(view, { status, trait: 'HW_FAST' });
          const expected = Array.from(writer.ledger.nodes.values())
            .filter(
              (each) => each.status.kind === status && each.providers.some(({ traits }) => traits.includes('HW_FAST')),
            )
            .map(({ id }) => id)
            .sort();
          expect(found.ok && found.value.nodes.map((each) => each.node)).toEqual(expected);
        }
        for (const id of INSTANCES) {
          const numbers = writer.events.flatMap(({ command, number }) =>
            command !== undefined && 'instance' in command && command.instance === id ? [number] : [],
          );
          expect(view.histories.instances.newest(id)).toEqual({ numbers, isComplete: true });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds the candidates that judging every node finds, in the same order, or the same reasons', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(1_000), fc.constantFrom(...REQUESTS), async (all, cut, request) => {
        const { writer, commits } = await write(all);
        const place = cut % (commits.length + 1);
        const view = fold(commits.slice(0, place));
        const memo = createReasonMemo();
        await candidates(view, { request }, memo);
        fold(commits.slice(place), view);
        for (const strategy of ['pack', 'spread'] as const) {
          const found = await candidates(view, { request, strategy, limit: 1_000 }, memo);
          const expected = bruteForce(writer.ledger, request, strategy);
          expect(found.candidates.map((each) => each.node)).toEqual(expected);
          const shuffled = await candidates(view, { request, strategy, limit: 1_000, seed: cut }, memo);
          expect(new Set(shuffled.candidates.map((each) => each.node))).toEqual(new Set(expected));
          expectReasons(found, writer.ledger, request);
        }
      }),
      { numRuns: 100 },
    );
  });
});

function expectReasons(found: Awaited<ReturnType<typeof candidates>>, ledger: Ledger, request: ResourceRequest): void {
  const { fitting, refusedBy } = explainFleet(ledger.nodes.values(), prepareDemand({ request }), 20_000);
  if (fitting > 0) {
    expect(found.reasons).toEqual([]);
    return;
  }
  const counts: Record<string, number> = {};
  for (const { reason, nodes } of found.reasons) {
    counts[reason] = (counts[reason] ?? 0) + nodes;
  }
  expect(counts).toEqual(refusedBy);
}

function expectUsage(view: InventoryView, ledger: Ledger): void {
  const claims = Array.from(ledger.instances.values()).flatMap((each) => (each.status === 'held' ? [each.claim] : []));
  const cell = answerUsage(view, {});
  expect(cell.ok && { claims: cell.value.claims, nodes: cell.value.nodes }).toEqual({
    claims: claims.length,
    nodes: ledger.nodes.size,
  });
  for (const { class: name, charged } of cell.ok && cell.value.scope === 'cell' ? cell.value.classes : []) {
    const lines = claims.flatMap(({ charge }) => charge.filter((line) => line.class === name));
    expect(charged).toBe(lines.reduce((sum, line) => sum + line.amount, 0));
  }
  for (const tenant of TENANTS) {
    const own = claims.filter((claim) => claim.tenant === tenant);
    const usage = answerUsage(view, { tenant });
    expect(usage.ok && { claims: usage.value.claims, nodes: usage.value.nodes }).toEqual({
      claims: own.length,
      nodes: new Set(own.map((claim) => claim.node)).size,
    });
    const vcpus = own.flatMap(({ charge }) => charge.filter((line) => line.class === 'VCPU'));
    const shown = usage.ok ? usage.value.classes.find((each) => each.class === 'VCPU')?.charged : undefined;
    expect(shown ?? 0).toBe(vcpus.reduce((sum, line) => sum + line.amount, 0));
  }
}
