import { capacityOf } from '../arithmetic.ts';
import type { InventoryPolicy, OverlayTarget } from '../command.ts';
import type { AggregateSetting, Inventory, Node, NodeSettings, Provider } from '../ledger.ts';
import { compareText, sortedTexts } from '../order.ts';
import { ProviderTree } from '../provider-tree.ts';
import { type Merging, mergeOverlay } from './merge-report.ts';

/** What a setting makes of a node: its providers and the settings it keeps for what is reported later. */
export type Applied = NodeSettings & { readonly providers: readonly Provider[] };

const withFigures = (inventory: Inventory, policy: InventoryPolicy): Inventory => {
  const figures = {
    ...inventory,
    reserved: policy.reserved ?? inventory.reserved,
    allocationRatioMillionths: policy.allocationRatioMillionths ?? inventory.allocationRatioMillionths,
  };
  return { ...figures, capacity: inventory.isVanished ? 0 : capacityOf(figures) };
};

const withPolicy = (providers: readonly Provider[], policy: InventoryPolicy): readonly Provider[] =>
  providers.map((provider) =>
    provider.id === policy.provider
      ? {
          ...provider,
          inventories: provider.inventories.map((inventory) =>
            inventory.class === policy.class ? withFigures(inventory, policy) : inventory,
          ),
        }
      : provider,
  );

const mergePolicies = (
  kept: readonly InventoryPolicy[],
  { provider, class: name, ...figures }: InventoryPolicy,
): readonly InventoryPolicy[] => {
  const isMeant = (policy: InventoryPolicy): boolean => policy.provider === provider && policy.class === name;
  const { reserved, allocationRatioMillionths } = { ...kept.find(isMeant), ...figures };
  const merged = {
    provider,
    class: name,
    ...(reserved === undefined ? {} : { reserved }),
    ...(allocationRatioMillionths === undefined ? {} : { allocationRatioMillionths }),
  };
  return [...kept.filter((policy) => !isMeant(policy)), merged].sort(
    (left, right) => compareText(left.provider, right.provider) || compareText(left.class, right.class),
  );
};

/** Figures take effect at once, and again whenever an inventory comes back without stating them. */
export const applyPolicies = (node: Merging, policies: readonly InventoryPolicy[]): Applied => ({
  policies: policies.reduce(mergePolicies, node.policies ?? []),
  providers: policies.reduce(withPolicy, node.tree.providers),
});

/** No aggregates is what a provider has unasked, so that setting none forgets the setting. */
export const applyAggregates = (node: Merging, id: string, aggregates: readonly string[]): Applied => {
  const setting: AggregateSetting = { provider: id, aggregates: sortedTexts(aggregates) };
  const others = node.aggregates?.filter((each) => each.provider !== id) ?? [];
  const kept = aggregates.length === 0 ? others : [...others, setting];
  return {
    aggregates: kept.toSorted((left, right) => compareText(left.provider, right.provider)),
    providers: node.tree.providers.map((provider) =>
      provider.id === id ? { ...provider, aggregates: setting.aggregates } : provider,
    ),
  };
};

/** The default target first, then by provider. */
export const applyOverlay = (node: Merging, targets: readonly OverlayTarget[]): Applied => {
  const overlay = targets.toSorted((left, right) => compareText(left.provider ?? '', right.provider ?? ''));
  return { overlay, providers: mergeOverlay({ ...node, overlay }) };
};

/** A node with what a setting made of it; lists that are empty are absent. */
export const withSettings = (node: Node, applied: Applied): Node => {
  const { providers, ...settings } = applied;
  const { policies, aggregates, overlay, ...rest } = { ...node, ...settings };
  return {
    ...rest,
    tree: ProviderTree.of(providers),
    ...(policies === undefined || policies.length === 0 ? {} : { policies }),
    ...(aggregates === undefined || aggregates.length === 0 ? {} : { aggregates }),
    ...(overlay === undefined || overlay.length === 0 ? {} : { overlay }),
  };
};
