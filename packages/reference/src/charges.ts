import type { ChargeLine } from './command.ts';
import type { ReferenceClaim, ReferenceInventory, ReferenceMove, ReferenceNode, ReferenceState } from './state.ts';

const MILLION = 1_000_000n;

/** No id contains a space. */
const placeOf = (provider: string, resourceClass: string): string => `${provider} ${resourceClass}`;

const claimKey = (claim: ReferenceClaim): string => `claim ${claim.instance}`;

const sideKey = (move: ReferenceMove): string => `side ${move.id}`;

/** Charges what the claim holds to its node, in place of whatever it was charged there before. */
export function holdClaim(state: ReferenceState, claim: ReferenceClaim): void {
  hold(state, claim.node, claimKey(claim), claim.charge);
}

export function freeClaim(state: ReferenceState, claim: ReferenceClaim): void {
  hold(state, claim.node, claimKey(claim), undefined);
}

export function holdSide(state: ReferenceState, move: ReferenceMove): void {
  if (move.side !== undefined) {
    hold(state, move.side.node, sideKey(move), move.side.counted);
  }
}

export function freeSide(state: ReferenceState, move: ReferenceMove): void {
  if (move.side !== undefined) {
    hold(state, move.side.node, sideKey(move), undefined);
  }
}

function hold(state: ReferenceState, id: string, holder: string, lines: readonly ChargeLine[] | undefined): void {
  const node = state.nodes.get(id);
  if (node === undefined) {
    return;
  }
  const before = state.touched.get(id) ?? new Map<string, number>();
  state.touched.set(id, before);
  for (const some of [node.holders.get(holder) ?? [], lines ?? []]) {
    for (const line of some) {
      const place = placeOf(line.provider, line.class);
      if (!before.has(place)) {
        before.set(place, chargedOn(node, line.provider, line.class));
      }
    }
  }
  if (lines === undefined) {
    node.holders.delete(holder);
  } else {
    node.holders.set(holder, lines);
  }
}

/** What was charged there before the event that is folded, if that touched it. */
export function chargedBefore(
  state: ReferenceState,
  node: string,
  provider: string,
  resourceClass: string,
): number | undefined {
  return state.touched.get(node)?.get(placeOf(provider, resourceClass));
}

/** The live charge lines on a provider's class. Sums are built from them anew: a counter could be wrong. */
function linesOn(node: ReferenceNode, provider: string, resourceClass: string): ChargeLine[] {
  const found: ChargeLine[] = [];
  for (const lines of node.holders.values()) {
    for (const line of lines) {
      if (line.provider === provider && line.class === resourceClass) {
        found.push(line);
      }
    }
  }
  return found;
}

export function chargedOn(node: ReferenceNode, provider: string, resourceClass: string): number {
  return sumOf(linesOn(node, provider, resourceClass));
}

function sumOf(lines: readonly ChargeLine[]): number {
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

/**
 * What `charge` needs beyond `base` on one node, per provider and class: with units on both, the units that `base`
 * has not, and their count; else the amount by which it is greater, and the units that `base` has not.
 */
export function beyond(charge: readonly ChargeLine[], base: readonly ChargeLine[]): ChargeLine[] {
  const needed = charge.map((line): ChargeLine => {
    const same = base.filter((other) => other.provider === line.provider && other.class === line.class);
    const baseUnits = same.flatMap((other) => other.units ?? []);
    const units = (line.units ?? []).filter((unit) => !baseUnits.includes(unit));
    const isByUnits = (line.units ?? []).length > 0 && baseUnits.length > 0;
    const amount = isByUnits ? units.length : Math.max(0, line.amount - sumOf(same));
    const { provider, class: resourceClass } = line;
    return { provider, class: resourceClass, amount, ...(units.length > 0 ? { units } : {}) };
  });
  return needed.filter((line) => line.amount > 0 || line.units !== undefined);
}
