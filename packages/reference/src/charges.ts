import type { ChargeLine } from './event.ts';
import type { ReferenceClaim, ReferenceInventory, ReferenceNode } from './state.ts';

const MILLION = 1_000_000n;

/** The live charge lines on a provider's class. Sums are built from them anew: a counter could be wrong. */
function linesOn(node: ReferenceNode, provider: string, resourceClass: string): readonly ChargeLine[] {
  return node.lines.get(placeOf(provider, resourceClass)) ?? [];
}

/** No id contains a space. */
function placeOf(provider: string, resourceClass: string): string {
  return `${provider} ${resourceClass}`;
}

export function addClaim(node: ReferenceNode, claim: ReferenceClaim): void {
  node.claims.push(claim);
  for (const line of claim.charge) {
    const place = placeOf(line.provider, line.class);
    const lines = node.lines.get(place) ?? [];
    lines.push(line);
    node.lines.set(place, lines);
  }
}

export function removeClaim(node: ReferenceNode, claim: ReferenceClaim): void {
  node.claims = node.claims.filter((other) => other !== claim);
  for (const line of claim.charge) {
    const place = placeOf(line.provider, line.class);
    const lines = node.lines.get(place) ?? [];
    node.lines.set(
      place,
      lines.filter((other) => other !== line),
    );
  }
}

export function chargedOn(node: ReferenceNode, provider: string, resourceClass: string): number {
  return sumOf(linesOn(node, provider, resourceClass));
}

export function sumOf(lines: readonly ChargeLine[]): number {
  let sum = 0;
  for (const line of lines) {
    sum += line.amount;
  }
  return sum;
}

export function takenUnitsOn(node: ReferenceNode, provider: string, resourceClass: string): string[] {
  return inUnitOrder(linesOn(node, provider, resourceClass).flatMap((line) => line.units ?? []));
}

/** Short unit ids before long ones, then by code unit: the order in which free units are handed out. */
export function inUnitOrder(units: readonly string[]): string[] {
  return [...units].sort((left, right) => left.length - right.length || compareText(left, right));
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
