import { type Inventory, type Node, type Provider, ProviderTree, type ResourceRequest } from '@fleetbook/domain';
import fc from 'fast-check';

const CLASSES = ['VCPU', 'MEMORY_MB', 'CUSTOM_GPU'] as const;
const TRAITS = ['HW_A', 'HW_B'] as const;
const UNITS = ['u1', 'u2', 'u3', 'u4'] as const;

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
  tree: providers.map((all) => ProviderTree.of(all)),
});

export const anyFleet = fc
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

export const anyRequest: fc.Arbitrary<ResourceRequest> = fc
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
