import type { CandidatesQuery, ReasonCount } from '@fleetbook/contracts';
import { judgeCandidate, type Node, prepareDemand, type ResourceRequest } from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricNode, tableOf } from '../testing/node-tables.ts';
import { anyFleet, anyRequest } from '../testing/random-fleet.ts';
import { findCandidates } from './find-candidates.ts';
import { createReasonMemo, refusalOf } from './reason-memo.ts';

const FIT_WORK_LIMIT = 20_000;

function ask(table: ReturnType<typeof tableOf>['table'], query: CandidatesQuery, memo = createReasonMemo()) {
  return findCandidates(table, query, { fitWorkLimit: FIT_WORK_LIMIT, slices: { pause: () => undefined }, memo });
}

/** Every node judged by the decider's own rules, one by one. */
function judgeAll(nodes: readonly Node[], asked: ResourceRequest) {
  const demand = prepareDemand({ request: asked });
  const fitting: string[] = [];
  const refused: Record<string, number> = {};
  for (const each of nodes) {
    const result = judgeCandidate(each, demand, FIT_WORK_LIMIT);
    if (result.kind === 'fits') {
      fitting.push(each.id);
    } else {
      const { reason, class: name = '' } = refusalOf(result);
      refused[`${reason} ${name}`] = (refused[`${reason} ${name}`] ?? 0) + 1;
    }
  }
  return { fitting, refused };
}

function countsOf(reasons: readonly ReasonCount[]): Record<string, number> {
  return Object.fromEntries(reasons.map(({ reason, class: name = '', nodes }) => [`${reason} ${name}`, nodes]));
}

describe('candidates', () => {
  it('are the nodes that the decider would accept, or else its reasons for each of them', async () => {
    await fc.assert(
      fc.asyncProperty(anyFleet, anyFleet, anyRequest, async (before, nodes, asked) => {
        const { table, put } = tableOf(before);
        const memo = createReasonMemo();
        await ask(table, { request: asked }, memo);
        const now = new Map([...before, ...nodes].map((each) => [each.id, each]));
        for (const each of now.values()) {
          put(each);
        }
        const { fitting, refused } = judgeAll([...now.values()], asked);
        const found = await ask(table, { request: asked, limit: 1_000 }, memo);
        expect(found.nodes).toBe(now.size);
        expect(found.isComplete).toBe(true);
        expect(found.candidates.map((each) => each.node).toSorted()).toEqual(fitting.toSorted());
        expect(countsOf(found.reasons)).toEqual(fitting.length > 0 ? {} : refused);
        const few = await ask(table, { request: asked, limit: 3 }, memo);
        expect(few.candidates).toEqual(found.candidates.slice(0, 3));
      }),
      { numRuns: 400 },
    );
  });
});

const GPUS = 8;

describe('candidates for many groups on trees of equal providers', () => {
  const SHARES = [340, 347, 354, 361, 368, 375];
  const groupsOf = (shares: readonly number[], count: number) =>
    shares.map((share, place) => ({ name: `g${place}`, resources: { CUSTOM_GPU_MILLI: share }, count }));
  const { table } = tableOf(Array.from({ length: 50 }, (_unused, place) => symmetricNode(`n${place}`, GPUS)));

  it('end with the work limit, and say which nodes were not proved', async () => {
    const asked = { groups: groupsOf(SHARES, 3) };
    const { candidates, isComplete, reasons, nodes } = await ask(table, { request: asked, workLimit: 20_000 });
    expect(candidates).toEqual([]);
    expect(isComplete).toBe(false);
    const counts = countsOf(reasons);
    expect(counts['REQUEST_TOO_COMPLEX ']).toBeGreaterThan(40);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(nodes);
  });

  it('take no step beyond the limit', async () => {
    const demand = prepareDemand({ request: { groups: groupsOf(SHARES, 3) } });
    for (const limit of [100, 1_000]) {
      const meter = { steps: 0 };
      judgeCandidate(symmetricNode('n', GPUS), demand, limit, meter);
      expect(meter.steps).toBeGreaterThan(0);
      expect(meter.steps).toBeLessThanOrEqual(limit + GPUS);
    }
  });

  it('are found at once where the groups fit', async () => {
    const { candidates, isComplete } = await ask(table, { request: { groups: groupsOf(SHARES, 2) }, workLimit: 2_000 });
    expect(candidates).toHaveLength(10);
    expect(isComplete).toBe(true);
  });

  it('let others go first in the middle of one node, with the same answer', async () => {
    const request = { groups: groupsOf(SHARES, 3) };
    const { table: one } = tableOf([symmetricNode('n', GPUS)]);
    let pauses = 0;
    const slices = {
      pause() {
        pauses += 1;
        return Promise.resolve();
      },
    };
    const means = { fitWorkLimit: FIT_WORK_LIMIT, slices, memo: createReasonMemo() };
    const found = await findCandidates(one, { request }, means);
    expect(found).toEqual(await ask(one, { request }));
    expect(countsOf(found.reasons)).toEqual({ 'NO_ASSIGNMENT CUSTOM_GPU_MILLI': 1 });
    expect(pauses).toBeGreaterThan(10);
  });

  it('are of the moment of the question, whatever is folded while the search lets others go first', async () => {
    const alone = { name: 'alone', resources: { CUSTOM_GPU_MILLI: 600 }, isolate: true };
    const rest = { name: 'rest', resources: { CUSTOM_GPU_MILLI: 600 }, count: GPUS };
    const small = Array.from({ length: 100 }, (_unused, place) => symmetricNode(`n${place}`, GPUS));
    const { table: changing, put } = tableOf([...small, symmetricNode('large', GPUS + 1)]);
    let pauses = 0;
    const slices = {
      async pause() {
        pauses += 1;
        await Promise.resolve();
        for (const { id } of small) {
          put(symmetricNode(id, GPUS + 1));
        }
        put(symmetricNode('large', GPUS));
        changing.refresh();
      },
    };
    const query = { request: { groups: [alone, rest] } };
    const means = { fitWorkLimit: FIT_WORK_LIMIT, slices, memo: createReasonMemo() };
    const { candidates } = await findCandidates(changing, query, means);
    expect(candidates.map((each) => each.node)).toEqual(['large']);
    expect(pauses).toBeGreaterThan(0);
  });
});

describe('candidates asked for while the fleet changes', () => {
  it('have the reasons of the moment of the question, also where nothing is waited for', async () => {
    const nodes = Array.from({ length: 3 }, (_unused, place) => symmetricNode(`n${place}`, 1));
    const { table: changing, put } = tableOf(nodes);
    const asked = ask(changing, { request: { resources: { CUSTOM_GPU_MILLI: 2_000 } } });
    put(symmetricNode('n3', 1));
    changing.refresh();
    const { nodes: counted, reasons } = await asked;
    expect(reasons.reduce((sum, each) => sum + each.nodes, 0)).toBe(counted);
  });
});
