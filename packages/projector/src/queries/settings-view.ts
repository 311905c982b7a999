import {
  type OverlayInventoryView,
  type OverlayTargetView,
  type PolicyView,
  ratioOf,
  type SettingsView,
} from '@fleetbook/contracts';
import {
  driftPolicyOf,
  freeLimitOf,
  type InventoryPolicy,
  type Ledger,
  type Node,
  type OverlayTarget,
  overlayState,
  type ReportedInventory,
} from '@fleetbook/domain';

/** What operators fixed for a node, with ratios as they wrote them. */
export function settingsView(ledger: Ledger, node: Node): SettingsView {
  const { policies = [], aggregates = [], overlay = [], driftPolicy } = node;
  return {
    policies: policies.map(policyView),
    aggregates,
    overlay: overlay.map(targetView),
    overlayState: overlayState(node),
    driftPolicy: driftPolicyOf(ledger, node),
    mayFree: Math.max(freeLimitOf(node), driftPolicy?.mayFree ?? 0),
  };
}

function policyView({ allocationRatioMillionths, ...policy }: InventoryPolicy): PolicyView {
  return { ...policy, ...ratioView(allocationRatioMillionths) };
}

function targetView({ inventories, ...target }: OverlayTarget): OverlayTargetView {
  return { ...target, inventories: inventories.map(inventoryView) };
}

function inventoryView({ allocationRatioMillionths, ...inventory }: ReportedInventory): OverlayInventoryView {
  return { ...inventory, ...ratioView(allocationRatioMillionths) };
}

function ratioView(millionths: number | undefined): { readonly allocationRatio?: number } {
  return millionths === undefined ? {} : { allocationRatio: ratioOf(millionths) };
}
