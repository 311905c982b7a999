import type { ChargeLine } from './command.ts';
import type { ReferenceClaim, ReferenceInventory, ReferenceMove, ReferenceNode, ReferenceState } from './state.ts';

const MILLION = 1_000_000n;

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
  const touched = state.touched.get(id) ?? [];
  state.touched.set(id, touched);
  for (const some of [node.holders.get(holder) ?? [], lines ?? []]) {
    for (const line of some) {
      if (!touched.some((place) => place.provider === line.provider && place.class === line.class)) {
        const before = chargedOn(node, line.provider, line.class);
        touched.push({ provider: line.provider, class: line.class, before });
      }
    }
  }
  if (lines === undefined) {
    node.holders.delete(holder);
  } else {
    node.holders.set(holder, lines);
  }
}

/** The sum of the live charge lines on a provider's class, built anew each time: a counter could be wrong. */
export function chargedOn(node: ReferenceNode, provider: string, resourceClass: string): number {
  let sum = 0;
  for (const lines of node.holders.values()) {
    for (const line of lines) {
      if (line.provider === provider && line.class === resourceClass) {
        sum += line.amount;
      }
    }
  }
  return sum;
}

function sumOf(lines: readonly ChargeLine[]): number {
  let sum = 0;
  for (const line of lines) {
    sum += line.amount;
  }
  return sum;
}

export function takenUnitsOn(node: ReferenceNode, provider: string, resourceClass: string): string[] {
  const taken: string[] = [];
  for (const lines of node.holders.values()) {
    for (const line of lines) {
      if (line.units !== undefined && line.provider === provider && line.class === resourceClass) {
        taken.push(...line.units);
      }
    }
  }
  return inUnitOrder(taken);
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
