import type { CandidatesQuery } from '@fleetbook/contracts';
import {
  apply,
  type ChargeLine,
  emptyLedger,
  explainFleet,
  isSuspect,
  judgeCandidate,
  type Ledger,
  type Node,
  prepareDemand,
  type ResourceRequest,
} from '@fleetbook/domain';
import { ledgerDigest } from '@fleetbook/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCandidates } from '../candidates/find-candidates.ts';
import { createReasonMemo } from '../candidates/reason-memo.ts';
import { captureCheckpoint } from '../checkpoint/capture.ts';
import { answerHolders } from '../queries/holders-query.ts';
import { answerNodes } from '../queries/node-queries.ts';
import { answerUsage } from '../queries/usage-query.ts';
import type { HistoryWriter } from '../testing/history-writer.ts';
import { lifeSteps } from '../testing/random-history.ts';
import {
  foldCommits as fold,
  REQUESTS,
  steps,
  TENANTS,
  throughCheckpoint,
  writeHistory as write,
} from '../testing/random-steps.ts';
import type { InventoryView } from './inventory-view.ts';

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
    .map((each) => ({
      id: each.id,
      isLast: isSuspect(each),
      left: leftShare(each, amounts) * (strategy === 'pack' ? 1 : -1),
    }));
  return scored
    .sort((one, two) => Number(one.isLast) - Number(two.isLast) || one.left - two.left || (one.id < two.id ? -1 : 1))
    .map(({ id }) => id);
}

function leftShare({ tree: { providers } }: Node, amounts: ReadonlyMap<string, number>): number {
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
  it('is saved as it was, however it goes on while it is written', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        lifeSteps,
        fc.nat(1_000),
        fc.integer({ min: 1, max: 9 }),
        async (all, life, cut, pace) => {
          const { commits } = await write(all, life);
          const place = cut % (commits.length + 1);
          const view = fold(commits.slice(0, place));
          const later = commits.slice(place);
          const saved = await throughCheckpoint(view, () => void fold(later.splice(0, pace), view));
          const straight = fold(commits.slice(0, place));
          expect(saved.ledger).toEqual(straight.ledger);
          expect(saved.digest.hex()).toBe(straight.digest.hex());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has the digest of its records, whether folded in one go or over a checkpoint anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(steps, lifeSteps, fc.nat(1_000), fc.nat(50), async (all, life, cut, hashed) => {
        const { writer, commits } = await write(all, life);
        const place = cut % (commits.length + 1);
        const first = fold(commits.slice(0, place));
        first.digest.work(hashed);
        const view = fold(commits.slice(place), await throughCheckpoint(first));
        expect(view.digest.hex()).toBe(ledgerDigest(writer.ledger));
        expect(fold(commits).digest.hex()).toBe(ledgerDigest(writer.ledger));
        expect(view.bookmark).toEqual(writer.bookmark);
        const straight = fold(commits);
        const header = captureCheckpoint(view, view.capture())?.header;
        expect(header).toEqual(captureCheckpoint(straight, straight.capture())?.header);
      }),
      { numRuns: 60 },
    );
  });

  it('answers about nodes and usage what its records say', async () => {
    await fc.assert(
      fc.asyncProperty(steps, lifeSteps, fc.nat(1_000), async (all, life, cut) => {
        const { writer, commits } = await write(all, life);
        const place = cut % (commits.length + 1);
        const first = await throughCheckpoint(fold(commits.slice(0, place)));
        first.table.refresh();
        const view = fold(commits.slice(place), first);
        expectUsage(view, writer);
        for (const status of ['enabled', 'disabled', 'down', 'retired'] as const) {
          const found = answerNodes(view, { status, trait: 'HW_FAST' });
          const expected = Array.from(writer.ledger.nodes.values())
            .filter(
              (each) =>
                each.status.kind === status && each.tree.providers.some(({ traits }) => traits.includes('HW_FAST')),
            )
            .map(({ id }) => id)
            .sort();
          expect(found.ok && found.value.nodes.map((each) => each.node)).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds the candidates that judging every node finds, in the same order, or the same reasons', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        lifeSteps,
        fc.nat(1_000),
        fc.constantFrom(...REQUESTS),
        async (all, life, cut, request) => {
          const { writer, commits } = await write(all, life);
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
        },
      ),
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

/** What is held: by claims, and by moves besides. */
interface Holding {
  readonly tenant: string | undefined;
  readonly node: string;
  readonly isClaim: boolean;
  readonly charge: readonly ChargeLine[];
}

function holdingsOf({ ledger, events }: HistoryWriter): readonly Holding[] {
  const tenants = tenantsEver(events);
  const claims = Array.from(ledger.instances.values()).flatMap((each): readonly Holding[] =>
    each.status === 'held'
      ? [{ tenant: each.claim.tenant, node: each.claim.node, isClaim: true, charge: each.claim.charge }]
      : [],
  );
  const sides = Array.from(ledger.moves.values()).flatMap(({ instance, other }): readonly Holding[] =>
    other === undefined
      ? []
      : [{ tenant: tenants.get(instance), node: other.node, isClaim: false, charge: other.counted }],
  );
  return [...claims, ...sides];
}

/** The tenant that each instance had when it was last seen alive. */
function tenantsEver(events: HistoryWriter['events']): ReadonlyMap<string, string | undefined> {
  const ledger = emptyLedger();
  const tenants = new Map<string, string | undefined>();
  for (const event of events) {
    apply(ledger, event);
    for (const [id, instance] of ledger.instances) {
      if (instance.status !== 'ended') {
        tenants.set(id, instance.status === 'held' ? instance.claim.tenant : instance.tenant);
      }
    }
  }
  return tenants;
}

function sumOf(holdings: readonly Holding[], name: string): number {
  const lines = holdings.flatMap(({ charge }) => charge.filter((line) => line.class === name));
  return lines.reduce((sum, line) => sum + line.amount, 0);
}

function expectUsage(view: InventoryView, writer: HistoryWriter): void {
  const { ledger } = writer;
  const holdings = holdingsOf(writer);
  const cell = answerUsage(view, {});
  expect(cell.ok && { claims: cell.value.claims, nodes: cell.value.nodes }).toEqual({
    claims: holdings.filter(({ isClaim }) => isClaim).length,
    nodes: Array.from(ledger.nodes.values()).filter(({ status }) => status.kind !== 'retired').length,
  });
  for (const { class: name, charged } of cell.ok && cell.value.scope === 'cell' ? cell.value.classes : []) {
    expect(charged).toBe(sumOf(holdings, name));
  }
  for (const node of ledger.nodes.keys()) {
    const usage = answerUsage(view, { node });
    const own = holdings.filter((each) => each.node === node);
    for (const { class: name, charged } of usage.ok ? usage.value.classes : []) {
      expect(charged).toBe(sumOf(own, name));
    }
  }
  for (const tenant of new Set([...TENANTS, ...holdings.flatMap((each) => each.tenant ?? [])])) {
    const own = holdings.filter((each) => each.tenant === tenant);
    const usage = answerUsage(view, { tenant });
    expect(usage.ok && { claims: usage.value.claims, nodes: usage.value.nodes }).toEqual({
      claims: own.filter(({ isClaim }) => isClaim).length,
      nodes: new Set(own.map((each) => each.node)).size,
    });
    const shown = usage.ok ? usage.value.classes.find((each) => each.class === 'VCPU')?.charged : undefined;
    expect(shown ?? 0).toBe(sumOf(own, 'VCPU'));
    expect(heldBy(view, tenant)).toBe(sumOf(own, 'VCPU'));
  }
}

/** What the holders of all nodes say that a tenant holds. */
function heldBy(view: InventoryView, tenant: string): number {
  const holders = Array.from(view.ledger.nodes.keys()).flatMap((node) => {
    const answer = answerHolders(view, { node, what: 'VCPU' });
    return answer.ok ? answer.value.holders : [];
  });
  return holders.filter((holder) => holder.tenant === tenant).reduce((sum, { amount }) => sum + amount, 0);
}
