import type { OverlayTarget } from '../command.ts';
import { rootOf } from '../evolve/merge-report.ts';
import type { Node, Provider } from '../ledger.ts';
import { type InventoryRule, inventoryRule, repeated } from './inventory-faults.ts';

/** What an overlay breaks, besides the rules of any inventory. */
export type OverlayRule = InventoryRule | 'unique-target' | 'driver-owned';

export interface OverlayFault {
  /** Empty for the default target. */
  readonly provider: string;
  /** The class or trait at fault; empty when the target is. */
  readonly name: string;
  readonly rule: OverlayRule;
}

/** The provider a target is for; undefined while the node has none of that id. */
export const providerOf = (
  node: Pick<Node, 'tree'>,
  targets: readonly OverlayTarget[],
  target: OverlayTarget,
): Provider | undefined => {
  const { provider: id } = target;
  if (id !== undefined) return node.tree.providers.find((provider) => provider.id === id && !provider.isVanished);
  const root = rootOf(node.tree.providers);
  return targets.some((each) => each.provider === root?.id) ? undefined : root;
};

/** Whether the driver reports this class of a provider itself. */
export const isDriverClass = (provider: Provider, name: string): boolean =>
  provider.inventories.some((inventory) => inventory.class === name && !inventory.isOverlay && !inventory.isVanished);

export const isDriverTrait = (provider: Provider, trait: string): boolean =>
  provider.traits.includes(trait) && !provider.overlayTraits?.includes(trait);

const ownedName = (provider: Provider, { inventories, traits = [] }: OverlayTarget): string | undefined =>
  inventories.map((inventory) => inventory.class).find((name) => isDriverClass(provider, name)) ??
  traits.find((trait) => isDriverTrait(provider, trait));

const targetFault = (node: Node, target: OverlayTarget, provider: Provider | undefined): OverlayFault | undefined => {
  const place = target.provider ?? '';
  const twice = repeated(target.inventories.map((inventory) => inventory.class));
  if (twice !== undefined) return { provider: place, name: twice, rule: 'unique-class' };
  const owned = provider === undefined ? undefined : ownedName(provider, target);
  if (owned !== undefined) return { provider: place, name: owned, rule: 'driver-owned' };
  for (const inventory of target.inventories) {
    const rule = inventoryRule(node, provider?.id ?? place, inventory, provider);
    if (rule !== undefined) return { provider: place, name: inventory.class, rule };
  }
  return undefined;
};

/** The first fault of an overlay on a node as it stands; targets the node does not have yet are no fault. */
export const overlayFault = (node: Node, targets: readonly OverlayTarget[]): OverlayFault | undefined => {
  const twice = repeated(targets.map((target) => target.provider ?? ''));
  if (twice !== undefined) return { provider: twice, name: '', rule: 'unique-target' };
  for (const target of targets) {
    const fault = targetFault(node, target, providerOf(node, targets, target));
    if (fault !== undefined) return fault;
  }
  return undefined;
};
