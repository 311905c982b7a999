import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inventory, Node, Provider } from '../ledger.ts';
import type { RequestGroup, ResourceRequest, TraitDemand } from '../request.ts';
import { chargeFaults, existsAssignment } from '../testing/fit-oracle.ts';
import { inventory, nodeWith, provider, unitInventory } from '../testing/node-record.ts';
import { fitDemand, prepareDemand, refusalOf } from './fit.ts';
import { prepareRequest } from './items.ts';
import { judgeRequest, judgeSimple } from './request.ts';

const CLASSES = ['CPU', 'GPU'] as const;
const TRAITS = ['RED', 'BLUE'];
const UNITS = ['0', '1', '2'];
const WORK_LIMIT = 100_000;

const fungible = (name: string): fc.Arbitrary<Inventory> =>
  fc
    .record({
      total: fc.integer({ min: 0, max: 5 }),
      charged: fc.integer({ min: 0, max: 3 }),
      stepSize: fc.constantFrom(1, 1, 1, 2),
      maxUnit: fc.constantFrom(9, 9, 2),
      isVanished: fc.constantFrom(false, false, false, false, true),
    })
    .map(({ total, ...fields }) => inventory(name, total, fields));

const discrete: fc.Arbitrary<Inventory> = fc
  .tuple(fc.subarray(UNITS), fc.subarray(UNITS))
  .map(([units, taken]) => unitInventory('SLOT', units, taken));

const anyProvider: fc.Arbitrary<Provider> = fc
  .record({
    inventories: fc.tuple(
      fc.option(fungible(CLASSES[0]), { nil: undefined }),
      fc.option(fungible(CLASSES[1]), { nil: undefined }),
      fc.option(discrete, { nil: undefined }),
    ),
    traits: fc.subarray(TRAITS),
    isVanished: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ inventories, traits, isVanished }) =>
    provider(
      '',
      inventories.filter((each) => each !== undefined),
      traits,
      { isVanished },
    ),
  );

const anyNode: fc.Arbitrary<Node> = fc
  .array(anyProvider, { minLength: 1, maxLength: 4 })
  .map((providers) => nodeWith(providers.map((each, index) => ({ ...each, id: `p-${index}` }))));

const traitDemand: fc.Arbitrary<TraitDemand> = fc.record(
  { required: fc.subarray(TRAITS, { maxLength: 1 }), forbidden: fc.subarray(TRAITS, { maxLength: 1 }) },
  { requiredKeys: [] },
);

/** Amounts, and for the class with units sometimes their names. */
const anyResources = fc
  .record(
    {
      CPU: fc.integer({ min: 1, max: 3 }),
      GPU: fc.integer({ min: 1, max: 3 }),
      SLOT: fc.subarray(UNITS, { minLength: 1 }),
    },
    { requiredKeys: [] },
  )
  .chain(({ SLOT: slots, ...amounts }) =>
    fc.boolean().map((isNamed) => {
      const resources = { ...amounts, ...(slots === undefined ? {} : { SLOT: slots.length }) };
      return { resources, ...(isNamed && slots !== undefined ? { units: { SLOT: slots } } : {}) };
    }),
  );

const anyGroup: fc.Arbitrary<RequestGroup> = fc
  .tuple(anyResources, fc.integer({ min: 1, max: 2 }), fc.boolean(), fc.option(traitDemand, { nil: undefined }))
  .filter(([demand]) => Object.keys(demand.resources).length > 0)
  .map(([demand, count, isolate, traits]) => ({
    name: '',
    ...demand,
    count,
    isolate,
    ...(traits === undefined ? {} : { traits }),
  }));

const anyRequest: fc.Arbitrary<ResourceRequest> = fc
  .tuple(anyResources, fc.array(anyGroup, { maxLength: 3 }), fc.option(traitDemand, { nil: undefined }))
  .map(([demand, groups, traits]) => ({
    ...demand,
    groups: groups.map((group, index) => ({ ...group, name: `g${index}` })),
    ...(traits === undefined ? {} : { traits }),
  }));

/** Either the default group or one of which one is asked. */
const plainRequest: fc.Arbitrary<ResourceRequest> = fc
  .tuple(anyResources, anyGroup, fc.option(traitDemand, { nil: undefined }), fc.boolean())
  .map(([demand, group, traits, isNamed]) => ({
    ...(isNamed ? { groups: [{ ...group, name: 'g', count: 1 }] } : demand),
    ...(traits === undefined ? {} : { traits }),
  }));

/** Requests whose groups compete: few classes, tight capacities, everything fits alone or nearly so. */
const crowdedNode: fc.Arbitrary<Node> = fc
  .array(
    fc.tuple(fc.constantFrom(1, 2, 2, 3, 4), fc.constantFrom(0, 2, 3), fc.subarray(UNITS, { minLength: 2 }), fc.nat(1)),
    { minLength: 2, maxLength: 4 },
  )
  .map((figures) =>
    nodeWith(
      figures.map(([gpu, cpu, units, traits], index) =>
        provider(
          `p-${index}`,
          [inventory('GPU', gpu), inventory('CPU', cpu), unitInventory('SLOT', units)],
          TRAITS.slice(0, traits),
        ),
      ),
    ),
  );

const competingNeeds = fc.constantFrom<Pick<RequestGroup, 'resources' | 'units'>>(
  { resources: { GPU: 1 } },
  { resources: { GPU: 1 } },
  { resources: { GPU: 2 } },
  { resources: { CPU: 1 } },
  { resources: { GPU: 1, CPU: 2 } },
  { resources: { SLOT: 1 } },
  { resources: { SLOT: 2 } },
  { resources: { SLOT: 1 }, units: { SLOT: ['0'] } },
  { resources: { SLOT: 2 }, units: { SLOT: ['0', '1'] } },
  { resources: { SLOT: 1, GPU: 1 }, units: { SLOT: ['1'] } },
);

const crowdedRequest: fc.Arbitrary<ResourceRequest> = fc
  .array(fc.tuple(competingNeeds, fc.constantFrom(1, 1, 2, 3), fc.constantFrom(false, false, false, true), fc.nat(3)), {
    minLength: 2,
    maxLength: 5,
  })
  .map((groups) => ({
    groups: groups.map(([needs, count, isolate, traits], index) => ({
      name: `g${index}`,
      ...needs,
      count,
      isolate,
      ...(traits === 3 ? { traits: { required: ['RED'] } } : {}),
    })),
  }))
  .filter(({ groups }) => groups.reduce((sum, group) => sum + group.count, 0) <= 7);

describe('the search', () => {
  it('finds an assignment exactly when one exists where groups compete', () => {
    fc.assert(
      fc.property(crowdedNode, crowdedRequest, (node, request) => {
        const result = fitDemand(node, { request }, WORK_LIMIT);
        expect(result.kind).toBe(existsAssignment(node, request) ? 'fits' : 'refused');
        if (result.kind === 'fits') expect(chargeFaults(node, result.charge)).toEqual([]);
      }),
      { numRuns: 2_500 },
    );
  });

  it('gives exactly what is asked, class by class', () => {
    fc.assert(
      fc.property(crowdedNode, crowdedRequest, (node, request) => {
        const result = fitDemand(node, { request }, WORK_LIMIT);
        fc.pre(result.kind === 'fits');
        const asked: Record<string, number> = {};
        for (const { resources, count } of request.groups ?? []) {
          for (const [name, amount] of Object.entries(resources)) {
            asked[name] = (asked[name] ?? 0) + amount * (count ?? 1);
          }
        }
        const given: Record<string, number> = {};
        for (const line of result.charge) given[line.class] = (given[line.class] ?? 0) + line.amount;
        expect(given).toEqual(asked);
      }),
      { numRuns: 200 },
    );
  });
});

describe('fit', () => {
  it('finds an assignment exactly when one exists, and only a valid one', () => {
    fc.assert(
      fc.property(anyNode, anyRequest, (node, request) => {
        const result = fitDemand(node, { request }, WORK_LIMIT);
        expect(result.kind).toBe(existsAssignment(node, request) ? 'fits' : 'refused');
        if (result.kind === 'fits') expect(chargeFaults(node, result.charge)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds the charge it gave again when the charge is named outright', () => {
    fc.assert(
      fc.property(anyNode, anyRequest, (node, request) => {
        const result = fitDemand(node, { request }, WORK_LIMIT);
        fc.pre(result.kind === 'fits');
        const sums = fitDemand(node, { charge: result.charge }, WORK_LIMIT);
        // Merged lines may break an amount rule that their parts keep; nothing else may be wrong with them.
        if (sums.kind === 'refused') expect(sums.code).toBe('AMOUNT_RULE');
        else expect(sums).toEqual(result);
      }),
      { numRuns: 200 },
    );
  });

  it('answers the same with and without details, and the same again', () => {
    fc.assert(
      fc.property(anyNode, anyRequest, fc.integer({ min: 1, max: 40 }), (node, request, workLimit) => {
        const result = fitDemand(node, { request }, workLimit);
        expect(fitDemand(node, { request }, workLimit)).toEqual(result);
        const code = result.kind === 'refused' ? result.code : 'REQUEST_TOO_COMPLEX';
        const expected = result.kind === 'fits' ? undefined : code;
        expect(refusalOf(node, prepareDemand({ request }), workLimit)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('places simple requests as it would by going through all the rules', () => {
    let simple = 0;
    fc.assert(
      fc.property(fc.oneof(anyNode, crowdedNode), plainRequest, (node, request) => {
        const prepared = prepareRequest(request);
        const judged = judgeSimple(node, prepared);
        if (judged === undefined) return;
        simple += 1;
        expect(judged).toEqual(judgeRequest(node, { ...prepared, isSimple: false }, WORK_LIMIT));
      }),
      { numRuns: 2_000 },
    );
    expect(simple).toBeGreaterThan(50);
  });

  it('says too complex rather than no: a small limit never turns a yes into a no', () => {
    fc.assert(
      fc.property(anyNode, anyRequest, fc.integer({ min: 0, max: 20 }), (node, request, workLimit) => {
        const limited = fitDemand(node, { request }, workLimit);
        if (limited.kind !== 'too-complex') expect(limited).toEqual(fitDemand(node, { request }, WORK_LIMIT));
      }),
      { numRuns: 500 },
    );
  });
});
