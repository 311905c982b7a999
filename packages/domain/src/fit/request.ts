import type { Node, Provider } from '../ledger.ts';
import { availableOf } from '../units.ts';
import type { Placement } from './assemble.ts';
import type { Item, PreparedRequest } from './items.ts';
import { brokenTreeRule, type Failure, judgeProvider, offeredOf } from './judge.ts';
import { type FitRule, rankOf } from './result.ts';
import { type SearchMeter, type SearchResult, search, searchInTurns } from './search.ts';
import type { OpenItem } from './seats.ts';
import type { Turns } from './turns.ts';

/** An item and the first rule it breaks on the node. */
export interface BrokenItem {
  readonly item: Item;
  readonly failure: Failure;
}

/** How a request stands on a node, before anybody asks for figures or lines. */
export type Judgement =
  | { readonly kind: 'fits'; readonly placements: readonly Placement[] }
  | { readonly kind: 'refused'; readonly broken: readonly BrokenItem[] }
  | { readonly kind: 'too-complex' };

/** Stands for a default group that asks for traits only. */
const TREE_ITEM: Item = { group: '', needs: [], count: 1, isIsolated: false };

const NOT_TOGETHER: Failure = { rule: 'NO_ASSIGNMENT', need: undefined };

const isOffered = (node: Node, name: string): boolean =>
  node.tree.providers.some((provider) => offeredOf(provider, name) !== undefined);

/** The places of the providers that could give the item alone, or the rule that the best of them breaks. */
const judgeItem = (node: Node, item: Item, treeRule: FitRule | undefined): readonly number[] | Failure => {
  const places: number[] = [];
  let farthest: Failure | undefined;
  const { providers } = node.tree;
  for (let place = 0; place < providers.length; place += 1) {
    const provider = providers[place];
    if (provider === undefined) continue;
    const failure = judgeProvider(provider, item, treeRule);
    if (failure === undefined) places.push(place);
    else if (farthest === undefined || rankOf(failure.rule) > rankOf(farthest.rule)) farthest = failure;
  }
  if (places.length > 0) return places;
  if (farthest !== undefined && farthest.rule !== 'UNKNOWN_CLASS') return farthest;
  return { rule: 'UNKNOWN_CLASS', need: item.needs.find((need) => !isOffered(node, need.class)) };
};

const isFailure = (judged: readonly number[] | Failure): judged is Failure => 'rule' in judged;

const availableFor = (provider: Provider | undefined, name: string): number => {
  const inventory = provider === undefined ? undefined : offeredOf(provider, name);
  return inventory === undefined ? 0 : availableOf(inventory);
};

/** Best fit: the provider with the least to give that suffices, class by class; the node's order among equals. */
const compareTightness =
  (node: Node, item: Item) =>
  (left: number, right: number): number => {
    for (const need of item.needs) {
      const difference =
        availableFor(node.tree.providers[left], need.class) - availableFor(node.tree.providers[right], need.class);
      if (difference !== 0) return difference;
    }
    return left - right;
  };

/** The places of providers in the order in which an item is given to them. */
export const byTightness = (node: Node, item: Item, places: readonly number[]): readonly number[] =>
  [...places].sort(compareTightness(node, item));

const tightest = (node: Node, { item, places }: OpenItem): readonly number[] =>
  places.length === item.count ? places : byTightness(node, item, places).slice(0, item.count);

const notTogether = (items: readonly Item[]): Judgement => ({
  kind: 'refused',
  broken: items.map((item) => ({ item, failure: NOT_TOGETHER })),
});

/** What is known of items that each find a provider alone; undefined when only a search for all of them tells. */
const placeIndependent = (node: Node, prepared: PreparedRequest, open: readonly OpenItem[]): Judgement | undefined => {
  const crowded = open.filter(({ item, places }) => places.length < item.count);
  if (crowded.length > 0) return notTogether(crowded.map(({ item }) => item));
  if (!prepared.isIndependent) return undefined;
  const placements = open.flatMap((each) =>
    tightest(node, each).flatMap((provider) => each.item.needs.map((need) => ({ provider, need }))),
  );
  return { kind: 'fits', placements };
};

const judgementOf = (prepared: PreparedRequest, found: SearchResult): Judgement => {
  if (found === 'too-complex') return { kind: 'too-complex' };
  return found === 'no-assignment' ? notTogether(prepared.items) : { kind: 'fits', placements: found };
};

/** Judges every item alone by the rules in their order: the judgement, or the items to be searched places for. */
const judgeAlone = (node: Node, prepared: PreparedRequest): Judgement | readonly OpenItem[] => {
  const treeRule = brokenTreeRule(node, prepared.treeTraits);
  const broken: BrokenItem[] = [];
  const open: OpenItem[] = [];
  if (treeRule !== undefined && !prepared.items.some((item) => item.group === '')) {
    broken.push({ item: TREE_ITEM, failure: { rule: treeRule, need: undefined } });
  }
  for (const item of prepared.items) {
    const judged = judgeItem(node, item, treeRule);
    if (isFailure(judged)) broken.push({ item, failure: judged });
    else open.push({ item, places: judged });
  }
  return broken.length > 0 ? { kind: 'refused', broken } : (placeIndependent(node, prepared, open) ?? open);
};

/** The provider that an item of one goes to; undefined when none could give it. Nothing is made on the way. */
const tightestPlace = (node: Node, item: Item, treeRule: FitRule | undefined): number | undefined => {
  const { providers } = node.tree;
  const compare = compareTightness(node, item);
  let best: number | undefined;
  for (let place = 0; place < providers.length; place += 1) {
    const provider = providers[place];
    if (provider === undefined || judgeProvider(provider, item, treeRule) !== undefined) continue;
    if (best === undefined || compare(place, best) < 0) best = place;
  }
  return best;
};

/**
 * The judgement of a request whose items are one each and independent, as nearly all are, where it fits. Undefined
 * where it does not, or where it is another request: then all the rules have to be gone through.
 */
export const judgeSimple = (node: Node, prepared: PreparedRequest): Judgement | undefined => {
  if (!prepared.isSimple) return undefined;
  const treeRule = brokenTreeRule(node, prepared.treeTraits);
  if (treeRule !== undefined) return undefined;
  const placements: Placement[] = [];
  for (const item of prepared.items) {
    const provider = tightestPlace(node, item, treeRule);
    if (provider === undefined) return undefined;
    for (const need of item.needs) placements.push({ provider, need });
  }
  return { kind: 'fits', placements };
};

const isJudgement = (judged: Judgement | readonly OpenItem[]): judged is Judgement => 'kind' in judged;

/** Judges a request on a node: every item alone by the rules in their order, then all of them together. */
export const judgeRequest = (
  node: Node,
  prepared: PreparedRequest,
  workLimit: number,
  meter?: SearchMeter,
): Judgement => {
  const simple = judgeSimple(node, prepared);
  if (simple !== undefined) return simple;
  const judged = judgeAlone(node, prepared);
  return isJudgement(judged) ? judged : judgementOf(prepared, search(node, judged, workLimit, meter));
};

/** As `judgeRequest`, letting others go first between the turns of a long search. */
export function* judgeRequestInTurns(
  node: Node,
  prepared: PreparedRequest,
  workLimit: number,
  meter?: SearchMeter,
): Turns<Judgement> {
  const judged = judgeAlone(node, prepared);
  if (isJudgement(judged)) return judged;
  return judgementOf(prepared, yield* searchInTurns(node, judged, workLimit, meter));
}

/** The items of a request with the providers that could give each of them alone; items that none could are left out. */
export const openItemsOf = (node: Node, prepared: PreparedRequest): readonly OpenItem[] => {
  const treeRule = brokenTreeRule(node, prepared.treeTraits);
  return prepared.items.flatMap((item) => {
    const judged = judgeItem(node, item, treeRule);
    return isFailure(judged) ? [] : [{ item, places: judged }];
  });
};
