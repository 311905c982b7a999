import type { ChargeLine } from './command.ts';
import type {
  ReferenceClaim,
  ReferenceInventory,
  ReferenceMove,
  ReferenceNode,
  ReferencePlace,
  ReferenceState,
} from './state.ts';

const MILLION = 1_000_000n;

/** Charges what the claim holds to its node, in place of whatever it was charged there before. */
export function holdClaim(state: ReferenceState, claim: ReferenceClaim): void {
  hold(state, claim.node, 'claims', claim.instance, claim.charge);
}

export function freeClaim(state: ReferenceState, claim: ReferenceClaim): void {
  hold(state, claim.node, 'claims', claim.instance, undefined);
}

export function holdSide(state: ReferenceState, move: ReferenceMove): void {
  if (move.side !== undefined) {
    hold(state, move.side.node, 'sides', move.id, move.side.counted);
  }
}

export function freeSide(state: ReferenceState, move: ReferenceMove): void {
  if (move.side !== undefined) {
    hold(state, move.side.node, 'sides', move.id, undefined);
  }
}

function hold(
  state: ReferenceState,
  id: string,
  table: 'claims' | 'sides',
  holder: string,
  lines: readonly ChargeLine[] | undefined,
): void {
  const node = state.nodes.get(id);
  if (node === undefined) {
    return;
  }
  for (const line of node[table].get(holder) ?? []) {
    count(state, node, line, -line.amount);
  }
  for (const line of lines ?? []) {
    count(state, node, line, line.amount);
  }
  if (lines === undefined) {
    node[table].delete(holder);
  } else {
    node[table].set(holder, lines);
  }
}

function count(state: ReferenceState, node: ReferenceNode, line: ChargeLine, amount: number): void {
  const place = placeOf(node, line);
  touch(state, node, place);
  place.charged += amount;
  place.hasUnits ||= line.units !== undefined;
}

function touch(state: ReferenceState, node: ReferenceNode, place: ReferencePlace): void {
  for (const touched of state.touched) {
    if (touched.place === place) {
      return;
    }
  }
  state.touched.push({ node, place, before: place.charged });
}

function placeOf(node: ReferenceNode, { provider, class: resourceClass }: ChargeLine): ReferencePlace {
  for (const known of node.places) {
    if (known.provider === provider && known.class === resourceClass) {
      return known;
    }
  }
  const place = { provider, class: resourceClass, charged: 0, hasUnits: false };
  node.places.push(place);
  return place;
}

/** Every line that is charged on a node. */
function* chargedLines(node: ReferenceNode): Generator<ChargeLine, void> {
  for (const holders of [node.claims, node.sides]) {
    for (const lines of holders.values()) {
      yield* lines;
    }
  }
}

/** The sum of the live charge lines on a provider's class, built anew each time: a counter could be wrong. */
export function chargedOn(node: ReferenceNode, provider: string, resourceClass: string): number {
  let sum = 0;
  for (const line of chargedLines(node)) {
    if (line.provider === provider && line.class === resourceClass) {
      sum += line.amount;
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
  for (const line of chargedLines(node)) {
    if (line.units !== undefined && line.provider === provider && line.class === resourceClass) {
      taken.push(...line.units);
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
