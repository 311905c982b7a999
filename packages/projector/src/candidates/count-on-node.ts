import {
  type CandidateResult,
  type ChargeLine,
  countRepeats,
  judgeCandidateInTurns,
  type Node,
  type PreparedDemand,
} from '@fleetbook/domain';
import type { Slices } from '@fleetbook/operations';
import { type NodeRefusal, refusalOf } from './reason-memo.ts';
import { takeTurns } from './take-turns.ts';

/** How many of a demand fit a node, or at least fit it. */
export interface NodeCount {
  readonly fits: number;
  /** False when more may fit. */
  readonly isComplete: boolean;
  /** Why none fits, or why it is not known whether one does. */
  readonly refusal?: NodeRefusal;
}

export interface NodeWork {
  /** Steps for one search, as the decider has. */
  readonly fitWorkLimit: number;
  /** Steps for all that is tried on this node. */
  readonly workLimit: number;
  readonly slices: Slices;
}

/** A charge put on a copy of a node touches every provider; what it costs besides is as much as a few of them. */
const PLACING_STEPS = 4;

/** Counts by arithmetic where that is exact, else by placing one after the other until the work is used up. */
export async function countOnNode(
  node: Node,
  demand: PreparedDemand,
  work: NodeWork,
): Promise<NodeCount & { readonly steps: number }> {
  const meter = { steps: 0 };
  const first = await judge(node);
  if (first.kind !== 'fits') {
    const isComplete = first.kind === 'refused';
    return { fits: 0, isComplete, refusal: refusalOf(first), steps: meter.steps };
  }
  const counted = first.charge.length === 0 ? 1 : countRepeats(node, demand);
  return counted === undefined ? placeAll(first.charge) : { ...capped(counted), steps: meter.steps };

  function judge(filled: Node): CandidateResult | Promise<CandidateResult> {
    meter.steps += Math.max(1, node.tree.providers.length);
    const left = Math.max(1, work.workLimit - meter.steps);
    const turns = judgeCandidateInTurns(filled, demand, Math.min(work.fitWorkLimit, left), meter);
    return takeTurns(turns, () => work.slices.pause());
  }

  async function placeAll(firstCharge: readonly ChargeLine[]): Promise<NodeCount & { readonly steps: number }> {
    let fits = 1;
    let filled = withCharge(node, firstCharge);
    while (meter.steps < work.workLimit) {
      meter.steps += PLACING_STEPS;
      const next = await judge(filled);
      if (next.kind !== 'fits') {
        return { fits, isComplete: next.kind === 'refused', steps: meter.steps };
      }
      fits += 1;
      filled = withCharge(filled, next.charge);
      const pause = work.slices.pause();
      if (pause !== undefined) {
        await pause;
      }
    }
    return { fits, isComplete: false, steps: meter.steps };
  }
}

function capped(fits: number): NodeCount {
  return fits <= Number.MAX_SAFE_INTEGER
    ? { fits, isComplete: true }
    : { fits: Number.MAX_SAFE_INTEGER, isComplete: false };
}

/** The node as it would be after a claim of this charge. */
function withCharge(node: Node, charge: readonly ChargeLine[]): Node {
  return { ...node, tree: node.tree.charge(charge) };
}
