import { fitDemand } from './fit/fit.ts';
import type { Demand } from './fit/result.ts';
import type { Node } from './ledger.ts';
import type { ChargeLine } from './request.ts';

/** A claim that has to find another node. */
export interface Leaving {
  readonly instance: string;
  readonly claimId: string;
  readonly demand: Demand;
}

export interface Placed {
  readonly leaving: Leaving;
  readonly destination: string;
  readonly charge: readonly ChargeLine[];
}

const MOST_ORDERS = 64;

/** How many times a node is judged for other orders than the first. */
const MOST_JUDGEMENTS = 200_000;

interface Judge {
  count: number;
  readonly workLimit: number;
}

const placeFirst = (nodes: Iterable<Node>, { demand }: Leaving, judge: Judge) => {
  for (const node of nodes) {
    judge.count += 1;
    const fitted = fitDemand(node, demand, judge.workLimit);
    if (fitted.kind === 'fits') return { node, charge: fitted.charge };
  }
  return undefined;
};

/** One after the other on the first node that takes it after those before. */
const placeInOrder = (nodes: readonly Node[], order: readonly Leaving[], judge: Judge): readonly Placed[] => {
  const planned = new Map(nodes.map((node) => [node.id, node]));
  return order.flatMap((leaving) => {
    const found = placeFirst(planned.values(), leaving, judge);
    if (found === undefined) return [];
    const { node, charge } = found;
    planned.set(node.id, { ...node, tree: node.tree.charge(charge) });
    return [{ leaving, destination: node.id, charge }];
  });
};

/** Those of some claims that found no node. */
export const unplacedOf = (all: readonly Leaving[], placed: readonly Placed[]): readonly Leaving[] => {
  const found = new Set(placed.map(({ leaving }) => leaving));
  return all.filter((each) => !found.has(each));
};

/**
 * Nodes for as many of the claims as were found, in the order in which they have to be charged. Where one finds none,
 * it goes first in the next try, because wherever all find a node there is an order in which each takes the first that
 * has room. The tries are bounded: a way that exists may be missed where nearly everything is full.
 */
export const placeLeaving = (
  nodes: readonly Node[],
  leaving: readonly Leaving[],
  workLimit: number,
): readonly Placed[] => {
  const judge: Judge = { count: 0, workLimit };
  let best = placeInOrder(nodes, leaving, judge);
  const hopeless = new Set(unplacedOf(leaving, best).filter((each) => placeFirst(nodes, each, judge) === undefined));
  let order = leaving.filter((each) => !hopeless.has(each));
  let last = unplacedOf(order, best).at(-1);
  const mostCount = judge.count + MOST_JUDGEMENTS;
  for (let tries = 1; last !== undefined && tries < MOST_ORDERS && judge.count < mostCount; tries += 1) {
    const first = last;
    order = [first, ...order.filter((each) => each !== first)];
    const placed = placeInOrder(nodes, order, judge);
    if (placed.length > best.length) best = placed;
    last = unplacedOf(order, placed).at(-1);
  }
  return best;
};
