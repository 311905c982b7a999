import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inventory, Node, Provider } from '../ledger.ts';
import type { RequestGroup, ResourceRequest, TraitDemand } from '../request.ts';
import { chargeFaults, existsAssignment } from '../testing/fit-oracle.ts';
import { inventory, nodeWith, provider, unitInventory } from '../testing/node-record.ts';
import { fitDemand, prepareDemand, refusalOf } from './fit.ts';

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
