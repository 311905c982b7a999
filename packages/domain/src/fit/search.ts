import type { Node } from '../ledger.ts';
import { availableOf } from '../units.ts';
import type { Placement } from './assemble.ts';
import type { Item } from './items.ts';
import { offeredOf } from './judge.ts';

/** Items with the places of the providers that could give each of them alone. */
export interface OpenItem {
  readonly item: Item;
  readonly places: readonly number[];
}

export type SearchResult = readonly Placement[] | 'no-assignment' | 'too-complex';

interface Copy {
  readonly item: Item;
  readonly places: readonly number[];
}

/** Finds providers for items that may get in each other's way, exactly, within a number of steps. */
export const search = (node: Node, items: readonly OpenItem[], workLimit: number): SearchResult => {
  const copies: Copy[] = [...items]
    .sort((left, right) => left.places.length - right.places.length)
    .flatMap(({ item, places }) => Array.from({ length: item.count }, () => ({ item, places })));
  const placed: { copy: Copy; place: number }[] = [];
  let steps = 0;
  const isOpen = (copy: Copy, place: number): boolean => {
    const provider = node.providers[place];
    if (provider === undefined) return false;
    const here = placed.filter((other) => other.place === place);
    const named = here.filter((other) => other.copy.item.group !== '');
    if (named.some((other) => other.copy.item === copy.item)) return false;
    const isIsolated = copy.item.isIsolated || named.some((other) => other.copy.item.isIsolated);
    if (copy.item.group !== '' && named.length > 0 && isIsolated) return false;
    return copy.item.needs.every((need) => {
      const inventory = offeredOf(provider, need.class);
      const others = here.flatMap((other) => other.copy.item.needs.filter((each) => each.class === need.class));
      const amount = others.reduce((sum, other) => sum + other.amount, need.amount);
      const units = new Set(need.units);
      const clashes = others.some((other) => other.units?.some((unit) => units.has(unit)));
      return inventory !== undefined && !clashes && amount <= availableOf(inventory);
    });
  };
  const place = (depth: number): boolean | undefined => {
    const copy = copies[depth];
    if (copy === undefined) return true;
    for (const candidate of copy.places) {
      steps += 1;
      if (steps > workLimit) return undefined;
      if (!isOpen(copy, candidate)) continue;
      placed.push({ copy, place: candidate });
      const isDone = place(depth + 1);
      if (isDone !== false) return isDone;
      placed.pop();
    }
    return false;
  };
  const isDone = place(0);
  if (isDone === undefined) return 'too-complex';
  if (!isDone) return 'no-assignment';
  return placed.flatMap(({ copy, place: provider }) => copy.item.needs.map((need) => ({ provider, need })));
};
