import { chargedOn, inUnitOrder } from './charges.ts';
import type { ReportedInventory, ReportedProvider } from './event.ts';
import type { ReferenceInventory, ReferenceNode, ReferenceProvider } from './state.ts';

/** The providers after a full report: what it names, and what it leaves out while something is charged there. */
export function afterReport(node: ReferenceNode, report: readonly ReportedProvider[]): ReferenceProvider[] {
  const named = report.map((reported) => reportedProvider(node, reported));
  const leftOut = node.providers
    .filter((provider) => !report.some((reported) => reported.id === provider.id))
    .map((provider) => ({ ...provider, isVanished: true, inventories: vanishedOf(node, provider, []) }));
  return [...named, ...leftOut.filter((provider) => provider.inventories.length > 0)];
}

/** The providers after a charge was given back: what had vanished goes as soon as nothing is charged there. */
export function withoutVanished(node: ReferenceNode): ReferenceProvider[] {
  return node.providers
    .map((provider) => ({
      ...provider,
      inventories: provider.inventories.filter(
        (inventory) => !inventory.isVanished || chargedOn(node, provider.id, inventory.class) > 0,
      ),
    }))
    .filter((provider) => !provider.isVanished || provider.inventories.length > 0);
}

function reportedProvider(node: ReferenceNode, reported: ReportedProvider): ReferenceProvider {
  const before = node.providers.find((provider) => provider.id === reported.id);
  const inventories = reported.inventories.map((inventory) =>
    reportedInventory(
      inventory,
      before?.inventories.find((known) => known.class === inventory.class),
    ),
  );
  return {
    id: reported.id,
    parent: reported.parent ?? '',
    traits: [...(reported.traits ?? [])].sort(),
    aggregates: [...(reported.aggregates ?? [])].sort(),
    isVanished: false,
    inventories: [...inventories, ...(before === undefined ? [] : vanishedOf(node, before, reported.inventories))],
  };
}

/** Of the ledger's figures only the reserve and the ratio outlive a report that does not state them. */
function reportedInventory(reported: ReportedInventory, before: ReferenceInventory | undefined): ReferenceInventory {
  return {
    class: reported.class,
    total: reported.total,
    reserved: reported.reserved ?? before?.reserved ?? 0,
    minUnit: reported.minUnit ?? 1,
    maxUnit: reported.maxUnit ?? Number.MAX_SAFE_INTEGER,
    stepSize: reported.stepSize ?? 1,
    allocationRatioMillionths: reported.allocationRatioMillionths ?? before?.allocationRatioMillionths ?? 1_000_000,
    units: inUnitOrder(reported.units ?? []),
    isVanished: false,
  };
}

function vanishedOf(
  node: ReferenceNode,
  provider: ReferenceProvider,
  reported: readonly ReportedInventory[],
): ReferenceInventory[] {
  return provider.inventories
    .filter((inventory) => !reported.some((named) => named.class === inventory.class))
    .filter((inventory) => chargedOn(node, provider.id, inventory.class) > 0)
    .map((inventory) => ({ ...inventory, isVanished: true }));
}
