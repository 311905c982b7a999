import type { ChargeLine } from './event.ts';
import type { ReferenceInventory, ReferenceNode } from './state.ts';

const MILLION = 1_000_000n;

/** Every live charge line on a provider's class, looked up anew: no counter is kept that could be wrong. */
function linesOn(node: ReferenceNode, provider: string, resourceClass: string): ChargeLine[] {
  return node.claims.flatMap((claim) =>
    claim.charge.filter((line) => line.provider === provider && line.class === resourceClass),
  );
}

export function chargedOn(node: ReferenceNode, provider: string, resourceClass: string): number {
  return linesOn(node, provider, resourceClass).reduce((sum, line) => sum + line.amount, 0);
}

/** Unit ids in their standard order: short before long, then by code unit. */
export function takenUnitsOn(node: ReferenceNode, provider: string, resourceClass: string): string[] {
  return linesOn(node, provider, resourceClass)
    .flatMap((line) => line.units ?? [])
    .sort((left, right) => left.length - right.length || compareText(left, right));
}

/** What claims may use in all: max(0, floor((total − reserved) × ratio)), and nothing of what has vanished. */
export function capacityOf(inventory: ReferenceInventory): number {
  if (inventory.isVanished || inventory.total <= inventory.reserved) {
    return 0;
  }
  const usable = BigInt(inventory.total) - BigInt(inventory.reserved);
  return Number((usable * BigInt(inventory.allocationRatioMillionths)) / MILLION);
}

export function compareText(left: string, right: string): number {
  if (left === right) {
    return 0;
  }
  return left < right ? -1 : 1;
}
