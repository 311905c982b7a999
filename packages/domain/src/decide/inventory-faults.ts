import { isCountable } from '../arithmetic.ts';
import type { ReportedInventory, ReportedProvider } from '../command.ts';
import { resolveFigures } from '../evolve/merge-report.ts';
import type { Provider } from '../ledger.ts';

/** What a reported tree breaks. */
export type InventoryRule =
  | 'one-root'
  | 'unique-provider'
  | 'known-parent'
  | 'no-cycle'
  | 'unique-class'
  | 'unique-unit'
  | 'total-is-unit-count'
  | 'min-at-most-max'
  | 'countable-capacity';

export interface InventoryFault {
  readonly provider: string;
  /** Empty when the fault is the provider's. */
  readonly class: string;
  readonly rule: InventoryRule;
}

const repeated = (values: readonly string[]): string | undefined => {
  const seen = new Set<string>();
  return values.find((value) => seen.size === seen.add(value).size);
};

/** A provider that no walk down from the root reaches. */
const unreachable = (providers: readonly ReportedProvider[], root: string): string | undefined => {
  const children = Map.groupBy(providers, (provider) => provider.parent);
  const reached = new Set([root]);
  for (const id of reached) for (const child of children.get(id) ?? []) reached.add(child.id);
  return providers.find((provider) => !reached.has(provider.id))?.id;
};

const treeFault = (providers: readonly ReportedProvider[]): InventoryFault | undefined => {
  const fault = (provider: string, rule: InventoryRule): InventoryFault => ({ provider, class: '', rule });
  const ids = providers.map((provider) => provider.id);
  const twice = repeated(ids);
  if (twice !== undefined) return fault(twice, 'unique-provider');
  const [root, second] = providers.filter((provider) => provider.parent === undefined);
  if (root === undefined || second !== undefined) return fault(second?.id ?? '', 'one-root');
  const known = new Set(ids);
  const orphan = providers.find((provider) => provider.parent !== undefined && !known.has(provider.parent));
  if (orphan !== undefined) return fault(orphan.id, 'known-parent');
  const looped = unreachable(providers, root.id);
  return looped === undefined ? undefined : fault(looped, 'no-cycle');
};

const inventoryRule = (reported: ReportedInventory, provider: Provider | undefined): InventoryRule | undefined => {
  const previous = provider?.inventories.find((inventory) => inventory.class === reported.class);
  const figures = resolveFigures(reported, previous);
  if (reported.units !== undefined) {
    if (repeated(reported.units) !== undefined) return 'unique-unit';
    if (reported.units.length !== reported.total) return 'total-is-unit-count';
  }
  if (figures.minUnit > figures.maxUnit) return 'min-at-most-max';
  return isCountable(figures) ? undefined : 'countable-capacity';
};

const providerFault = (reported: ReportedProvider, previous: Provider | undefined): InventoryFault | undefined => {
  const twice = repeated(reported.inventories.map((inventory) => inventory.class));
  if (twice !== undefined) return { provider: reported.id, class: twice, rule: 'unique-class' };
  for (const inventory of reported.inventories) {
    const rule = inventoryRule(inventory, previous);
    if (rule !== undefined) return { provider: reported.id, class: inventory.class, rule };
  }
  return undefined;
};

/** The first fault of a reported tree, against what the ledger keeps of the node so far. */
export const faultOf = (
  reported: readonly ReportedProvider[],
  previous: readonly Provider[],
): InventoryFault | undefined => {
  const fault = treeFault(reported);
  if (fault !== undefined) return fault;
  const known = new Map(previous.map((provider) => [provider.id, provider]));
  for (const provider of reported) {
    const broken = providerFault(provider, known.get(provider.id));
    if (broken !== undefined) return broken;
  }
  return undefined;
};
