import type { Node, Provider } from '../ledger.ts';
import { availableOf } from '../units.ts';
import { assemble, type Placement } from './assemble.ts';
import { brokenRule } from './figures.ts';
import type { Item, PreparedRequest } from './items.ts';
import { brokenTreeRule, type Failure, judgeProvider, offeredOf } from './judge.ts';
import { type BrokenRule, type FitResult, type FitRule, rankOf, refusedBy, TOO_COMPLEX } from './result.ts';
import { type OpenItem, search } from './search.ts';

/** The places of the providers that could give the item alone, or the rule that the last of them breaks. */
const judgeItem = (node: Node, item: Item, treeRule: FitRule | undefined): readonly number[] | Failure => {
  const places: number[] = [];
  let farthest: Failure | undefined;
  for (let place = 0; place < node.providers.length; place += 1) {
    const provider = node.providers[place];
    if (provider === undefined) continue;
    const failure = judgeProvider(provider, item, treeRule);
    if (failure === undefined) places.push(place);
    else if (farthest === undefined || rankOf(failure.rule) > rankOf(farthest.rule)) farthest = failure;
  }
  if (places.length > 0) return places;
  return farthest ?? { rule: 'UNKNOWN_CLASS', need: item.needs[0] };
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
        availableFor(node.providers[left], need.class) - availableFor(node.providers[right], need.class);
      if (difference !== 0) return difference;
    }
    return left - right;
  };

const tightest = (node: Node, { item, places }: OpenItem): readonly number[] =>
  places.length === item.count ? places : [...places].sort(compareTightness(node, item)).slice(0, item.count);

const brokenTogether = (node: Node, items: readonly Item[]): FitResult =>
  refusedBy(items.flatMap((item) => item.needs.map((need) => brokenRule(node, item, need, 'NO_ASSIGNMENT'))));

const place = (node: Node, prepared: PreparedRequest, open: readonly OpenItem[], workLimit: number): FitResult => {
  const crowded = open.filter(({ item, places }) => places.length < item.count).map(({ item }) => item);
  if (crowded.length > 0) return brokenTogether(node, crowded);
  if (prepared.isIndependent) {
    const placements: Placement[] = open.flatMap((each) =>
      tightest(node, each).flatMap((provider) => each.item.needs.map((need) => ({ provider, need }))),
    );
    return { kind: 'fits', charge: assemble(node, placements) };
  }
  const found = search(node, open, workLimit);
  if (found === 'too-complex') return TOO_COMPLEX;
  return found === 'no-assignment'
    ? brokenTogether(node, prepared.items)
    : { kind: 'fits', charge: assemble(node, found) };
};

/** Judges a request on a node: every item alone by the rules in order, then all of them together. */
export const fitRequest = (node: Node, prepared: PreparedRequest, workLimit: number): FitResult => {
  const treeRule = brokenTreeRule(node, prepared.treeTraits);
  const broken: BrokenRule[] = [];
  const open: OpenItem[] = [];
  if (treeRule !== undefined && !prepared.items.some((item) => item.group === '')) {
    const tree: Item = { group: '', needs: [], count: 1, isIsolated: false };
    broken.push(brokenRule(node, tree, undefined, treeRule));
  }
  for (const item of prepared.items) {
    const judged = judgeItem(node, item, treeRule);
    if (!isFailure(judged)) open.push({ item, places: judged });
    else if (judged.need !== undefined) broken.push(brokenRule(node, item, judged.need, judged.rule));
    else broken.push(...item.needs.map((need) => brokenRule(node, item, need, judged.rule)));
  }
  return broken.length > 0 ? refusedBy(broken) : place(node, prepared, open, workLimit);
};
