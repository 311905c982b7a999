import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportedInventory, ReportedProvider } from '../command.ts';
import { mergeReport } from '../evolve/merge-report.ts';
import type { Inventory, Node, Provider } from '../ledger.ts';
import { anyNodeSteps, startedFleet } from '../testing/random-node-commands.ts';
import { faultOf } from './inventory-faults.ts';
import { isSameTree } from './report.ts';
import { restatesTree } from './restates.ts';

const restated = ({
  class: name,
  total,
  units,
  minUnit,
  maxUnit,
  stepSize,
  ...rest
}: Inventory): ReportedInventory => ({
  ...{ class: name, total, minUnit, maxUnit, stepSize },
  ...{ reserved: rest.reserved, allocationRatioMillionths: rest.allocationRatioMillionths },
  ...(units === undefined ? {} : { units }),
});

/** What an agent would send that has the tree before its eyes. */
const restatedTree = (node: Node): readonly ReportedProvider[] =>
  node.tree.providers.map(({ id, parent, traits, aggregates, inventories }: Provider) => ({
    id,
    ...(parent === undefined ? {} : { parent }),
    ...{ traits, aggregates, inventories: inventories.map(restated) },
  }));

/** One thing of a report said otherwise, left out, or said twice; the report itself is not changed. */
type Twist = (providers: readonly ReportedProvider[]) => readonly ReportedProvider[];

const onInventory = (change: (inventory: ReportedInventory) => readonly ReportedInventory[]) =>
  fc.tuple(fc.nat(), fc.nat()).map(
    ([provider, inventory]): Twist =>
      (providers) =>
        providers.map((each, place) =>
          place === provider % providers.length
            ? {
                ...each,
                inventories: each.inventories.flatMap((one, at) =>
                  at === inventory % each.inventories.length ? change(one) : [one],
                ),
              }
            : each,
        ),
  );

const onProvider = (change: (provider: ReportedProvider) => readonly ReportedProvider[]) =>
  fc.nat().map(
    (chosen): Twist =>
      (providers) =>
        providers.flatMap((each, place) => (place === chosen % providers.length ? change(each) : [each])),
  );

const without = <Field extends keyof ReportedInventory>(field: Field) =>
  onInventory(({ [field]: _, ...rest }) => [{ total: 1, class: 'VCPU', ...rest }]);

const figure = fc.constantFrom(
  'reserved' as const,
  'minUnit' as const,
  'maxUnit' as const,
  'stepSize' as const,
  'allocationRatioMillionths' as const,
);

const anyTwist: fc.Arbitrary<Twist> = fc.oneof(
  fc.constant<Twist>((providers) => providers),
  fc.constant<Twist>((providers) => providers.toReversed()),
  figure.chain(without),
  figure.chain((field) => onInventory((inventory) => [{ ...inventory, [field]: (inventory[field] ?? 1) + 1 }])),
  onInventory((inventory) => [{ ...inventory, total: inventory.total + 1 }]),
  onInventory(() => []),
  onInventory((inventory) => [inventory, inventory]),
  onInventory((inventory) => [{ ...inventory, class: 'DISK_GB' }]),
  onInventory((inventory) => [{ ...inventory, units: ['u-1', ...(inventory.units ?? [])] }]),
  onInventory((inventory) => [{ ...inventory, units: (inventory.units ?? []).toReversed() }]),
  onProvider(() => []),
  onProvider((provider) => [provider, provider]),
  onProvider((provider) => [provider, { ...provider, id: `${provider.id}-new` }]),
  onProvider((provider) => [{ ...provider, parent: 'node-2-gpu-1' }]),
  onProvider((provider) => [{ ...provider, inventories: provider.inventories.toReversed() }]),
  onProvider((provider) => [{ ...provider, traits: ['CUSTOM_NEW', ...(provider.traits ?? [])] }]),
  onProvider(({ traits: _, ...provider }) => [provider]),
  onProvider(({ aggregates: _, ...provider }) => [provider]),
  onProvider((provider) => [{ ...provider, aggregates: ['zone-1'] }]),
);

const isSameMerged = (node: Node, providers: readonly ReportedProvider[]): boolean => {
  const report = { type: 'ReportInventory', node: node.id, incarnation: 1, sequence: 9, mode: 'full' } as const;
  const full = { ...report, providers, origin: { client: 'test', version: '1', host: 'test' } };
  return faultOf(node, full) === undefined && isSameTree(node.id, node.tree.providers, mergeReport(node, full));
};

const isUntouched = (node: Node): boolean =>
  node.overlay === undefined &&
  node.aggregates === undefined &&
  node.tree.providers.every(
    (provider) => !provider.isVanished && !provider.inventories.some((inventory) => inventory.isVanished),
  );

describe('a report that says what the ledger has', () => {
  it('is seen to say so without being merged, and no other is', () => {
    const seen = { same: 0, other: 0 };
    fc.assert(
      fc.property(anyNodeSteps, fc.array(anyTwist, { minLength: 1, maxLength: 8 }), (steps, twists) => {
        const scenario = startedFleet();
        for (const step of steps) scenario.ask(...step(scenario));
        for (const node of scenario.ledger.nodes.values()) {
          const plain = restatedTree(node);
          expect(restatesTree(node, { providers: plain })).toBe(isUntouched(node) && isSameMerged(node, plain));
          for (const twist of twists) {
            const providers = twist(plain);
            if (restatesTree(node, { providers })) {
              expect(isSameMerged(node, providers)).toBe(true);
              seen.same += 1;
            } else {
              seen.other += 1;
            }
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(seen.same).toBeGreaterThan(100);
    expect(seen.other).toBeGreaterThan(100);
  });
});
