import type { Node, Provider } from '../ledger.ts';
import { availableOf } from '../units.ts';
import type { PreparedDemand } from './fit.ts';
import type { Item, Need } from './items.ts';
import { offeredOf } from './judge.ts';
import { byTightness, openItemsOf } from './request.ts';
import type { OpenItem } from './seats.ts';

/** How often a provider could give needs, at most: named units are given once. */
const copiesOf = (provider: Provider | undefined, needs: readonly Need[]): number => {
  const amounts = new Map<string, number>();
  for (const need of needs) amounts.set(need.class, (amounts.get(need.class) ?? 0) + need.amount);
  let copies = needs.some((need) => need.units !== undefined) ? 1 : Number.POSITIVE_INFINITY;
  for (const [name, amount] of amounts) {
    const inventory = provider === undefined ? undefined : offeredOf(provider, name);
    const available = inventory === undefined ? 0 : availableOf(inventory);
    copies = Math.min(copies, Math.max(0, Math.floor(available / amount)));
  }
  return copies;
};

/**
 * How often an item is placed that no other item gets in the way of. Claims go to the tightest providers, each of
 * which stays tighter than the rest until it has no more to give: so the same ones serve claim after claim, and only
 * the moments at which one of them drops out need be looked at.
 */
const repeatsOfItem = (node: Node, { item, places }: OpenItem): number => {
  const copies = byTightness(node, item, places).map((place) => copiesOf(node.tree.providers[place], item.needs));
  if (item.count === 1) return copies.reduce((sum, each) => sum + each, 0);
  let repeats = 0;
  let serving = copies.slice(0, item.count);
  let next = item.count;
  while (serving.length === item.count) {
    const rounds = Math.min(...serving);
    repeats += rounds;
    serving = serving.map((each) => each - rounds).filter((each) => each > 0);
    const joining = copies.slice(next, next + item.count - serving.length);
    next += joining.length;
    serving.push(...joining);
  }
  return repeats;
};

/** The one provider that all items go to, if there is no other for any of them. */
const onlyPlaceOf = (open: readonly OpenItem[]): number | undefined => {
  const places = new Set(open.flatMap((each) => each.places));
  const [place] = places;
  return places.size === 1 ? place : undefined;
};

const allNeedsOf = (items: readonly Item[]): readonly Need[] => items.flatMap((item) => item.needs);

/**
 * How often a demand that fits a node could be claimed there one time after the other, each time charged as the decider
 * would; by arithmetic alone, whatever the number. Infinite for a demand of traits only, which takes nothing.
 * Undefined where only placing them tells.
 */
export const countRepeats = (node: Node, demand: PreparedDemand): number | undefined => {
  if (demand.kind === 'charge') return undefined;
  const open = openItemsOf(node, demand.request);
  if (demand.request.isIndependent) {
    return open.reduce((least, each) => Math.min(least, repeatsOfItem(node, each)), Number.POSITIVE_INFINITY);
  }
  const place = onlyPlaceOf(open);
  return place === undefined ? undefined : copiesOf(node.tree.providers[place], allNeedsOf(demand.request.items));
};
