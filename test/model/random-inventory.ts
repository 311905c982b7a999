import type { InventoryPolicy, OverlayTarget, ReportedInventory, ReportedProvider } from '@fleetbook/domain';
import fc from 'fast-check';
import { UNITS } from './random-requests.ts';

const bounds = {
  reserved: fc.integer({ min: 0, max: 3 }),
  minUnit: fc.constantFrom(1, 2),
  maxUnit: fc.constantFrom(3, 40),
  stepSize: fc.constantFrom(1, 1, 2),
  allocationRatioMillionths: fc.constantFrom(1_000_000, 1_400_000, 333_333),
};

const counted = (name: string): fc.Arbitrary<ReportedInventory> =>
  fc.record(
    { class: fc.constant(name), total: fc.integer({ min: 0, max: 20 }), ...bounds },
    { requiredKeys: ['class', 'total'] },
  );

const discrete: fc.Arbitrary<ReportedInventory> = fc
  .shuffledSubarray(UNITS)
  .map((ids) => ({ class: 'GPU', total: ids.length, units: ids }));

const inventories: fc.Arbitrary<ReportedInventory[]> = fc
  .tuple(
    fc.option(counted('VCPU'), { freq: 8 }),
    fc.option(counted('MEMORY_MB'), { freq: 5 }),
    fc.option(discrete, { freq: 3 }),
    fc.option(counted('CUSTOM_LICENCE'), { freq: 1 }),
  )
  .map((all) => all.filter((inventory) => inventory !== null));

const described = {
  inventories,
  traits: fc.shuffledSubarray(['TRAIT_B', 'TRAIT_A', 'TRAIT_C', 'CUSTOM_GOLD']),
  aggregates: fc.shuffledSubarray(['row-2', 'row-10', 'Row-1']),
};

const requiredKeys: ['inventories'] = ['inventories'];
const part = fc.record(described, { requiredKeys });

/** A root with up to two children, one of which may hang below the other; ids as the charges of requests name them. */
export const tree: fc.Arbitrary<ReportedProvider[]> = fc
  .tuple(part, fc.option(part), fc.option(part), fc.boolean())
  .map(([root, left, right, isDeep]) => [
    { id: '', ...root },
    ...(left === null ? [] : [{ id: '.a', parent: '', ...left }]),
    ...(right === null ? [] : [{ id: '.b', parent: isDeep && left !== null ? '.a' : '', ...right }]),
  ]);

export const treeOf = (node: string, providers: readonly ReportedProvider[]): ReportedProvider[] =>
  providers.map(({ parent, ...provider }) => ({
    ...provider,
    id: `${node}${provider.id}`,
    ...(parent === undefined ? {} : { parent: `${node}${parent}` }),
  }));

export const totals: fc.Arbitrary<{ class: string; total: number }[]> = fc.uniqueArray(
  fc.record({
    class: fc.constantFrom('VCPU', 'MEMORY_MB', 'CUSTOM_LICENCE', 'GPU'),
    total: fc.integer({ min: 0, max: 20 }),
  }),
  { minLength: 1, maxLength: 2, selector: (one) => one.class },
);

const policy: fc.Arbitrary<InventoryPolicy> = fc.oneof(
  fc.record(
    {
      provider: fc.constantFrom('', '.a', '.b'),
      class: fc.constantFrom('VCPU', 'MEMORY_MB', 'GPU', 'CUSTOM_LICENCE'),
      reserved: bounds.reserved,
      allocationRatioMillionths: bounds.allocationRatioMillionths,
    },
    { requiredKeys: ['provider', 'class', 'reserved'] },
  ),
  fc.record({
    provider: fc.constantFrom('', '.a'),
    class: fc.constantFrom('VCPU', 'MEMORY_MB'),
    allocationRatioMillionths: bounds.allocationRatioMillionths,
  }),
);

export const policies = fc.uniqueArray(policy, {
  minLength: 1,
  maxLength: 2,
  selector: (one) => `${one.provider} ${one.class}`,
});

export const aggregates = described.aggregates;

const target: fc.Arbitrary<OverlayTarget> = fc.record(
  {
    provider: fc.constantFrom('', '.a', '.c'),
    inventories: fc
      .tuple(
        fc.option(counted('CUSTOM_LICENCE')),
        fc.option(counted('CUSTOM_SLOT')),
        fc.option(counted('VCPU'), { freq: 1 }),
      )
      .map((all) => all.filter((inventory) => inventory !== null)),
    traits: fc.shuffledSubarray(['CUSTOM_GOLD', 'CUSTOM_SILVER']),
  },
  { requiredKeys: ['inventories'] },
);

export const overlay: fc.Arbitrary<OverlayTarget[]> = fc.uniqueArray(target, {
  maxLength: 2,
  selector: (one) => one.provider ?? 'default',
});
