import type { Node, Provider } from '../ledger.ts';
import { availableOf } from '../units.ts';
import type { Item } from './items.ts';
import { offeredOf } from './judge.ts';

/** An item with the places (in the node's list) of the providers that could give it alone. */
export interface OpenItem {
  readonly item: Item;
  readonly places: readonly number[];
}

/** Which named groups a provider serves in a half-made assignment; kept only when a group is isolated. */
type Use = 'none' | 'shared' | 'isolated';

/** A provider in the search. Two seats with equal signatures are interchangeable for every item. */
export interface Seat {
  readonly place: number;
  /** By item: whether this provider could give it alone. */
  readonly isEligible: readonly boolean[];
  /** Equal for providers that could give the same items. */
  readonly kind: string;
  /** By class: what is left; −1 where no item it could give needs the class. */
  readonly remaining: readonly number[];
  readonly use: Use;
  /** The newest item placed here of those that need distinct providers, or −1. */
  readonly lastItem: number;
  /** Items with named units placed here. */
  readonly unitItems: readonly number[];
}

/** What a search is about, fixed while it runs. */
export interface Problem {
  readonly items: readonly Item[];
  readonly classes: readonly string[];
  /** By item and class: the amount one copy takes. */
  readonly demand: readonly (readonly number[])[];
  readonly isAnyIsolated: boolean;
}

const demandOf = (item: Item, classes: readonly string[]): readonly number[] =>
  classes.map((name) => item.needs.find((need) => need.class === name)?.amount ?? 0);

export const problemOf = (items: readonly Item[]): Problem => {
  const classes = [...new Set(items.flatMap((item) => item.needs.map((need) => need.class)))];
  return {
    items,
    classes,
    demand: items.map((item) => demandOf(item, classes)),
    isAnyIsolated: items.some((item) => item.isIsolated),
  };
};

const seatOf = (problem: Problem, provider: Provider, place: number, isEligible: readonly boolean[]): Seat => {
  const isNeeded = (index: number): boolean =>
    isEligible.some((eligible, item) => eligible && (problem.demand[item]?.[index] ?? 0) > 0);
  const remaining = problem.classes.map((name, index) => {
    const inventory = isNeeded(index) ? offeredOf(provider, name) : undefined;
    return inventory === undefined ? -1 : availableOf(inventory);
  });
  const kind = isEligible.map(Number).join('');
  return { place, isEligible, kind, remaining, use: 'none', lastItem: -1, unitItems: [] };
};

/** By place: whether the provider there could give each item alone; undefined where it could give none. */
const eligibilityOf = (node: Node, open: readonly OpenItem[]): readonly (readonly boolean[] | undefined)[] => {
  const byPlace: (boolean[] | undefined)[] = node.tree.providers.map(() => undefined);
  open.forEach(({ places }, item) => {
    for (const place of places) {
      const eligible = byPlace[place] ?? open.map(() => false);
      eligible[item] = true;
      byPlace[place] = eligible;
    }
  });
  return byPlace;
};

/** The providers that could give at least one of the items. */
export const seatsOf = (node: Node, problem: Problem, open: readonly OpenItem[]): readonly Seat[] => {
  const eligibility = eligibilityOf(node, open);
  return node.tree.providers.flatMap((provider, place) => {
    const isEligible = eligibility[place];
    return isEligible === undefined ? [] : [seatOf(problem, provider, place, isEligible)];
  });
};

const sharesUnits = (left: Item, right: Item): boolean =>
  left.needs.some((need) => {
    const other = right.needs.find((each) => each.class === need.class);
    return need.units?.some((unit) => other?.units?.includes(unit)) ?? false;
  });

/** Whether one copy of an item can still go to a seat. */
export const canSit = (problem: Problem, seat: Seat, itemIndex: number): boolean => {
  const item = problem.items[itemIndex];
  if (item === undefined || seat.isEligible[itemIndex] !== true) return false;
  if (item.count > 1 && seat.lastItem === itemIndex) return false;
  if (item.group !== '' && (seat.use === 'isolated' || (item.isIsolated && seat.use === 'shared'))) return false;
  const demand = problem.demand[itemIndex] ?? [];
  for (let index = 0; index < demand.length; index += 1) {
    const amount = demand[index] ?? 0;
    if (amount > 0 && (seat.remaining[index] ?? -1) < amount) return false;
  }
  return !seat.unitItems.some((other) => {
    const placed = problem.items[other];
    return placed !== undefined && sharesUnits(placed, item);
  });
};

const useAfter = (problem: Problem, seat: Seat, item: Item): Use => {
  if (!problem.isAnyIsolated || item.group === '') return seat.use;
  return item.isIsolated ? 'isolated' : 'shared';
};

/** The seat after it has given one copy of an item. */
export const sit = (problem: Problem, seat: Seat, itemIndex: number): Seat => {
  const item = problem.items[itemIndex];
  const demand = problem.demand[itemIndex];
  if (item === undefined || demand === undefined) throw new Error(`the request has no item ${itemIndex}`);
  return {
    ...seat,
    remaining: seat.remaining.map((amount, index) => amount - (demand[index] ?? 0)),
    use: useAfter(problem, seat, item),
    lastItem: item.count > 1 ? itemIndex : seat.lastItem,
    unitItems: item.needs.some((need) => need.units !== undefined) ? [...seat.unitItems, itemIndex] : seat.unitItems,
  };
};

/** Text of everything that tells a seat from another for the items to come. */
export const signatureOf = (seat: Seat, remaining: readonly number[], lastItem: number): string =>
  `${seat.kind} ${remaining.join(',')} ${seat.use} ${lastItem} ${seat.unitItems.join(',')}`;
