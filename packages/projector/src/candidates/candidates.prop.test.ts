import type { CandidatesQuery, ReasonCount } from '@fleetbook/contracts';
import {
  emptyLedger,
  type Inventory,
  judgeCandidate,
  type Node,
  type Provider,
  prepareDemand,
  type ResourceRequest,
} from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCandidates } from './find-candidates.ts';
import { createNodeTable } from './node-table.ts';
import { createReasonMemo, refusalOf } from './reason-memo.ts';

const CLASSES = ['VCPU', 'MEMORY_MB', 'CUSTOM_GPU'] as const;
const TRAITS = ['HW_A', 'HW_B'] as const;
const UNITS = ['u1', 'u2', 'u3', 'u4'] as const;
const FIT_WORK_LIMIT = 20_000;

const inventoryOf = (name: string): fc.Arbitrary<Inventory> =>
  fc
    .record({
      total: fc.nat(8),
      charged: fc.nat(8),
      minUnit: fc.constantFrom(1, 1, 1, 2),
      maxUnit: fc.constantFrom(8, 8, 8, 3),
      stepSize: fc.constantFrom(1, 1, 1, 2),
      isVanished: fc.constantFrom(false, false, false, true),
      hasUnits: fc.constantFrom(false, false, false, true),
    })
    .map(({ total, charged, hasUnits, isVanished, ...rules }): Inventory => {
      const common = { class: name, reserved: 0, allocationRatioMillionths: 1_000_000, isVanished, ...rules };
      if (hasUnits) {
        const takenUnits = UNITS.slice(0, Math.min(charged, UNITS.length));
        const figures = { total: UNITS.length, charged: takenUnits.length, capacity: isVanished ? 0 : UNITS.length };
        return { ...common, ...figures, units: UNITS, takenUnits };
      }
      return { ...common, total, charged, capacity: isVanished ? 0 : total, takenUnits: [] };
    });

const traitSet = fc.subarray([...TRAITS]);

const providers: fc.Arbitrary<readonly Provider[]> = fc
  .array(
    fc.record({
      traits: traitSet,
      isVanished: fc.constantFrom(false, false, false, true),
      inventories: fc.subarray([...CLASSES]).chain((names) => fc.tuple(...names.map((name) => inventoryOf(name)))),
    }),
    { maxLength: 4 },
  )
  .map((all) => all.map((each, place) => ({ id: `p${place}`, aggregates: [], ...each })));

const node: fc.Arbitrary<Omit<Node, 'id'>> = fc.record({
  ...{ owner: fc.constant('agent'), bootId: fc.constant('boot'), bootIds: fc.constant(['boot']) },
  ...{ incarnation: fc.constant(1), claimCount: fc.constant(0), generation: fc.constant(1) },
  failedBuilds: fc.constantFrom(0, 0, 10),
  status: fc.constantFrom<Node['status']>({ kind: 'enabled' }, { kind: 'enabled' }, { kind: 'retired' }),
  inventoryStatus: fc.constant<Node['inventoryStatus']>({ kind: 'reported', sequence: 1 }),
  providers,
});

const fleet = fc
  .array(node, { maxLength: 40 })
  .map((all): readonly Node[] => all.map((each, place) => ({ ...each, id: `n${place}` })));

const amounts = fc.dictionary(fc.constantFrom(...CLASSES), fc.integer({ min: 1, max: 9 }), {
  minKeys: 1,
  maxKeys: 2,
  noNullPrototype: true,
});

const traits = fc.option(
  fc.record(
    {
      required: traitSet,
      forbidden: traitSet,
      anyOf: fc.array(fc.subarray([...TRAITS], { minLength: 1 }), { maxLength: 1 }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

const groups = fc
  .array(
    fc.record({
      resources: amounts,
      count: fc.constantFrom(1, 1, 2, 3, 17),
      isolate: fc.constantFrom(false, false, true),
      traits,
    }),
    { maxLength: 2 },
  )
  .map((all) =>
    all.map(({ traits: demanded, ...each }, place) => ({
      ...each,
      name: `g${place}`,
      ...(demanded === undefined ? {} : { traits: demanded }),
    })),
  );

const request: fc.Arbitrary<ResourceRequest> = fc
  .record({
    resources: fc.option(amounts, { nil: undefined }),
    traits,
    groups,
    namesUnit: fc.constantFrom(false, false, true),
  })
  .map(({ resources, traits: demanded, groups: named, namesUnit }) => ({
    ...(resources === undefined ? {} : { resources: namesUnit ? { ...resources, VCPU: 1 } : resources }),
    ...(resources === undefined || !namesUnit ? {} : { units: { VCPU: ['u4'] } }),
    ...(demanded === undefined ? {} : { traits: demanded }),
    groups: named,
  }));

function tableOf(nodes: readonly Node[]) {
  const ledger = emptyLedger();
  const table = createNodeTable(ledger.nodes);
  const put = (each: Node): void => {
    ledger.nodes.set(each.id, each);
    table.mark(each.id);
  };
  for (const each of nodes) {
    put(each);
  }
  return { table, put };
}

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
      fc.asyncProperty(fleet, fleet, request, async (before, nodes, asked) => {
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

/** Alike to the last GPU, so that nothing but a search over all of them tells whether the groups fit. */
function symmetricNode(id: string, gpus = GPUS): Node {
  const figures = { total: 1_000, capacity: 1_000, reserved: 0, charged: 0, takenUnits: [], isVanished: false };
  const rules = { minUnit: 1, maxUnit: 1_000, stepSize: 1, allocationRatioMillionths: 1_000_000 };
  const inventory: Inventory = { class: 'CUSTOM_GPU_MILLI', ...figures, ...rules };
  return {
    ...{ id, owner: 'agent', bootId: 'boot', bootIds: ['boot'], incarnation: 1, claimCount: 0, generation: 1 },
    status: { kind: 'enabled' },
    inventoryStatus: { kind: 'reported', sequence: 1 },
    providers: Array.from({ length: gpus }, (_unused, gpu) => ({
      ...{ id: `${id}.gpu${gpu}`, traits: [], aggregates: [], isVanished: false },
      inventories: [inventory],
    })),
  };
}

describe('candidates for many groups on trees of equal providers', () => {
  const SHARES = [340, 347, 354, 361, 368, 375];
  const groupsOf = (shares: readonly number[], count: number) =>
    shares.map((share, place) => ({ name: `g${place}`, resources: { CUSTOM_GPU_MILLI: share }, count }));
  const { table } = tableOf(Array.from({ length: 50 }, (_unused, place) => symmetricNode(`n${place}`)));

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
      judgeCandidate(symmetricNode('n'), demand, limit, meter);
      expect(meter.steps).toBeGreaterThan(0);
      expect(meter.steps).toBeLessThanOrEqual(limit + GPUS);
    }
  });

  it('are found at once where the groups fit', async () => {
    const { candidates, isComplete } = await ask(table, { request: { groups: groupsOf(SHARES, 2) }, workLimit: 2_000 });
    expect(candidates).toHaveLength(10);
    expect(isComplete).toBe(true);
  });

  it('are of the moment of the question, whatever is folded while the search lets others go first', async () => {
    const alone = { name: 'alone', resources: { CUSTOM_GPU_MILLI: 600 }, isolate: true };
    const rest = { name: 'rest', resources: { CUSTOM_GPU_MILLI: 600 }, count: GPUS };
    const small = Array.from({ length: 100 }, (_unused, place) => symmetricNode(`n${place}`));
    const { table: changing, put } = tableOf([...small, symmetricNode('large', GPUS + 1)]);
    let pauses = 0;
    const slices = {
      async pause() {
        pauses += 1;
        await Promise.resolve();
        for (const { id } of small) {
          put(symmetricNode(id, GPUS + 1));
        }
        put(symmetricNode('large'));
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
