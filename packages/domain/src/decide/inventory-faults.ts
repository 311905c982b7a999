import { isCountable } from '../arithmetic.ts';
import type { FlatReport, FlatTotal, FullReport, ReportedInventory, ReportedProvider } from '../command.ts';
import { type Merging, resolveFigures, rootOf } from '../evolve/merge-report.ts';
import { addedInventories, policyOf } from '../evolve/settings.ts';
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
  | 'countable-capacity'
  /** A flat total of a class that has units, or that a child of the last full report holds. */
  | 'fungible-at-root';

export interface InventoryFault {
  readonly provider: string;
  /** Empty when the fault is the provider's. */
  readonly class: string;
  readonly rule: InventoryRule;
}

export const repeated = (values: readonly string[]): string | undefined => {
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

/** What one inventory breaks, with the figures it leaves to the ledger and its operators. */
export const inventoryRule = (
  node: Merging,
  provider: string,
  reported: ReportedInventory,
  previous: Provider | undefined,
): InventoryRule | undefined => {
  const known = previous?.inventories.find((inventory) => inventory.class === reported.class);
  const figures = resolveFigures(reported, known, policyOf(node, provider, reported.class));
  if (reported.units !== undefined) {
    if (repeated(reported.units) !== undefined) return 'unique-unit';
    if (reported.units.length !== reported.total) return 'total-is-unit-count';
  }
  if (figures.minUnit > figures.maxUnit) return 'min-at-most-max';
  return isCountable(figures) ? undefined : 'countable-capacity';
};

const providerFault = (
  node: Merging,
  reported: ReportedProvider,
  previous: Provider | undefined,
): InventoryFault | undefined => {
  const twice = repeated(reported.inventories.map((inventory) => inventory.class));
  if (twice !== undefined) return { provider: reported.id, class: twice, rule: 'unique-class' };
  const added = addedInventories(node, reported, reported.inventories);
  for (const inventory of [...reported.inventories, ...added]) {
    const rule = inventoryRule(node, reported.id, inventory, previous);
    if (rule !== undefined) return { provider: reported.id, class: inventory.class, rule };
  }
  return undefined;
};

const treeReportFault = (node: Merging, reported: readonly ReportedProvider[]): InventoryFault | undefined => {
  const fault = treeFault(reported);
  if (fault !== undefined) return fault;
  const known = new Map(node.tree.providers.map((provider) => [provider.id, provider]));
  for (const provider of reported) {
    const broken = providerFault(node, provider, known.get(provider.id));
    if (broken !== undefined) return broken;
  }
  return undefined;
};

const totalRule = (node: Merging, root: Provider, { class: name, total }: FlatTotal): InventoryRule | undefined => {
  const offered = node.tree.providers.flatMap((provider) =>
    provider.inventories
      .filter((inventory) => inventory.class === name && !inventory.isVanished)
      .map((inventory) => ({ provider, inventory })),
  );
  if (offered.some(({ provider, inventory }) => provider !== root || inventory.units !== undefined)) {
    return 'fungible-at-root';
  }
  return inventoryRule(node, root.id, { class: name, total }, root);
};

const flatFault = (node: Merging, totals: readonly FlatTotal[]): InventoryFault | undefined => {
  const root = rootOf(node.tree.providers);
  if (root === undefined) return treeReportFault(node, [{ id: node.id, inventories: totals }]);
  const twice = repeated(totals.map((each) => each.class));
  if (twice !== undefined) return { provider: root.id, class: twice, rule: 'unique-class' };
  for (const each of totals) {
    const rule = totalRule(node, root, each);
    if (rule !== undefined) return { provider: root.id, class: each.class, rule };
  }
  return undefined;
};

/** The first fault of a report, against what the ledger keeps of the node so far. */
export const faultOf = (node: Merging, report: FullReport | FlatReport): InventoryFault | undefined =>
  report.mode === 'full' ? treeReportFault(node, report.providers) : flatFault(node, report.totals);
