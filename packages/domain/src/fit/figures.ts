import { headroomOf } from '../arithmetic.ts';
import type { Node } from '../ledger.ts';
import { availableOf } from '../units.ts';
import type { Item, Need } from './items.ts';
import { offeredOf } from './judge.ts';
import type { BrokenItem } from './request.ts';
import type { BrokenRule, FitRule } from './result.ts';

type Figures = Pick<BrokenRule, 'capacity' | 'charged' | 'headroom' | 'largestFree'>;

/** Figures are stored in refusals, and stored numbers are safe integers: a sum beyond stays at the bound. */
const safe = (sum: number): number => Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, sum));

/** The node's figures for a class: sums over the providers that offer it. */
export const figuresOf = (node: Pick<Node, 'tree'>, name: string, only?: string): Figures => {
  let capacity = 0;
  let charged = 0;
  let headroom = 0;
  let largestFree: number | undefined;
  for (const provider of node.tree.providers) {
    const inventory = only === undefined || only === provider.id ? offeredOf(provider, name) : undefined;
    if (inventory === undefined) continue;
    const available = availableOf(inventory);
    capacity += inventory.capacity;
    charged += inventory.charged;
    headroom += headroomOf(inventory);
    if (largestFree === undefined || available > largestFree) largestFree = available;
  }
  return { capacity: safe(capacity), charged: safe(charged), headroom: safe(headroom), largestFree: largestFree ?? 0 };
};

const ruleOf = (node: Node, item: Item, need: Need | undefined, rule: FitRule): BrokenRule => ({
  group: item.group,
  class: need?.class ?? '',
  rule,
  requested: need?.amount ?? 0,
  ...(item.count > 1 ? { count: item.count } : {}),
  ...figuresOf(node, need?.class ?? ''),
});

/** What a broken item is told: the class at fault, or every class of it when the item as a whole is. */
export const rulesOf = (node: Node, { item, failure }: BrokenItem): readonly BrokenRule[] =>
  failure.need === undefined && item.needs.length > 0
    ? item.needs.map((need) => ruleOf(node, item, need, failure.rule))
    : [ruleOf(node, item, failure.need, failure.rule)];
