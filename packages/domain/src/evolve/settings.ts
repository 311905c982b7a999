import type { InventoryPolicy, OverlayTarget, ReportedInventory } from '../command.ts';
import type { NodeSettings } from '../ledger.ts';

/** What an operator fixed for an inventory. */
export const policyOf = (settings: NodeSettings, provider: string, name: string): InventoryPolicy | undefined =>
  settings.policies?.find((policy) => policy.provider === provider && policy.class === name);

/** The target of an overlay for a provider: one that names it, else the default where it is the root. */
export const targetOf = (
  settings: NodeSettings,
  provider: { readonly id: string; readonly parent?: string },
): OverlayTarget | undefined =>
  settings.overlay?.find((target) => target.provider === provider.id) ??
  (provider.parent === undefined ? settings.overlay?.find((target) => target.provider === undefined) : undefined);

/** The inventories that the overlay adds to a provider: what the driver reports itself stays the driver's. */
export const addedInventories = (
  settings: NodeSettings,
  provider: { readonly id: string; readonly parent?: string },
  reported: readonly { readonly class: string }[],
): readonly ReportedInventory[] =>
  targetOf(settings, provider)?.inventories.filter(
    (inventory) => !reported.some((each) => each.class === inventory.class),
  ) ?? [];
