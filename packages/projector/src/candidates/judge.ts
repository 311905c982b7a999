import type { Candidate } from '@fleetbook/contracts';
import {
  chargeOfCandidate,
  judgeCandidateInTurns,
  type Node,
  prepareDemand,
  type ResourceRequest,
  type Turns,
} from '@fleetbook/domain';
import { type NodeRefusal, type ReasonMemo, type Refusals, refusalOf } from './reason-memo.ts';

/** Steps of one question over all nodes, when it states no limit of its own: a provider looked at, or a search step. */
export const DEFAULT_WORK_LIMIT = 1_000_000;

export interface Limits {
  /** Steps for the search on one node, as the decider has. */
  readonly fitWorkLimit: number;
  /** Steps of the whole question. */
  readonly workLimit: number;
}

export type Judgement =
  | { readonly kind: 'fits'; readonly charge: Candidate['charge'] }
  | { readonly kind: 'refused'; readonly refusal: NodeRefusal };

const OUT_OF_WORK: Judgement = { kind: 'refused', refusal: { reason: 'REQUEST_TOO_COMPLEX' } };

/** Judges nodes for one question by the decider's own rules, within the work that the question may take. */
export interface NodeJudge {
  /** REQUEST_TOO_COMPLEX once the work is used up: the node was neither proved to serve nor not to serve. */
  judge(node: Node): Turns<Judgement>;
  /** The same at once, where a node is seen to serve without a search; undefined where only `judge` tells. */
  judgeAtOnce(node: Node): Judgement | undefined;
  /** False once a node was left unproved. */
  readonly isComplete: boolean;
  /** Steps taken so far. */
  readonly steps: number;
}

export function createNodeJudge(request: ResourceRequest, memo: ReasonMemo, limits: Limits): NodeJudge {
  const { fitWorkLimit, workLimit } = limits;
  const demand = prepareDemand({ request });
  const memoKey = `${fitWorkLimit} ${JSON.stringify(request)}`;
  let refusals: Refusals | undefined = memo.find(memoKey);
  let left = workLimit;
  let isComplete = true;

  function* judge(node: Node): Turns<Judgement> {
    const known = refusals?.get(node);
    if (known !== undefined) {
      return { kind: 'refused', refusal: known };
    }
    if (left <= 0) {
      return OUT_OF_WORK;
    }
    const meter = { steps: stepsToLookAt(node) };
    const result = yield* judgeCandidateInTurns(node, demand, Math.min(fitWorkLimit, left), meter);
    left -= meter.steps;
    if (result.kind === 'fits') {
      return result;
    }
    const refusal = refusalOf(result);
    // A search that the question's own limit cut short says nothing about the next question.
    if (result.kind === 'refused' || left > 0) {
      refusals ??= memo.open(memoKey);
      refusals.set(node, refusal);
    }
    return { kind: 'refused', refusal };
  }

  return {
    judgeAtOnce(node) {
      const charge = left > 0 ? chargeOfCandidate(node, demand) : undefined;
      if (charge === undefined) {
        return undefined;
      }
      left -= stepsToLookAt(node);
      return { kind: 'fits', charge };
    },
    *judge(node) {
      const judgement = yield* judge(node);
      isComplete &&= judgement.kind === 'fits' || judgement.refusal.reason !== 'REQUEST_TOO_COMPLEX';
      return judgement;
    },
    get isComplete() {
      return isComplete;
    },
    get steps() {
      return workLimit - left;
    },
  };
}

function stepsToLookAt({ tree }: Node): number {
  return Math.max(1, tree.providers.length);
}
