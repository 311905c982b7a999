import { closedBy } from './decide/claim.ts';
import { fitInTurns, fitSimple, type PreparedDemand, refusalOf } from './fit/fit.ts';
import type { BrokenRule, FitResult } from './fit/result.ts';
import type { SearchMeter } from './fit/search.ts';
import { resultOfTurns, type Turns } from './fit/turns.ts';
import type { Node } from './ledger.ts';
import type { RejectionCode } from './rejection.ts';
import type { ChargeLine } from './request.ts';

/** As a claim would be answered: the node's own refusal first, then fit. */
export type CandidateResult =
  | Exclude<FitResult, { readonly kind: 'refused' }>
  | { readonly kind: 'refused'; readonly code: RejectionCode; readonly rules: readonly BrokenRule[] };

/**
 * Whether a node would take a claim for a demand now, by the same rules as the decider. A long search yields between
 * its turns.
 */
export function* judgeCandidateInTurns(
  node: Node,
  demand: PreparedDemand,
  workLimit: number,
  meter?: SearchMeter,
): Turns<CandidateResult> {
  const closed = closedBy(node);
  if (closed !== undefined) return { kind: 'refused', code: closed, rules: [] };
  return yield* fitInTurns(node, demand, workLimit, meter);
}

/**
 * The charge with which a node would take a claim, told at once for nearly every demand that fits; undefined where only
 * `judgeCandidateInTurns` tells.
 */
export const chargeOfCandidate = (node: Node, demand: PreparedDemand): readonly ChargeLine[] | undefined =>
  closedBy(node) === undefined ? fitSimple(node, demand) : undefined;

/** As `judgeCandidateInTurns`, in one go. */
export const judgeCandidate = (
  node: Node,
  demand: PreparedDemand,
  workLimit: number,
  meter?: SearchMeter,
): CandidateResult => resultOfTurns(judgeCandidateInTurns(node, demand, workLimit, meter));

/** How many nodes of a fleet take a demand, and how many refuse it by which first rule. */
export interface FleetExplanation {
  readonly nodes: number;
  readonly fitting: number;
  readonly refusedBy: Readonly<Partial<Record<RejectionCode, number>>>;
}

/** Why a fleet has no candidate, or few: every node judged as a claim on it would be. */
export const explainFleet = (nodes: Iterable<Node>, demand: PreparedDemand, workLimit: number): FleetExplanation => {
  const counts: Partial<Record<RejectionCode, number>> = {};
  let judged = 0;
  let fitting = 0;
  for (const node of nodes) {
    judged += 1;
    const code = closedBy(node) ?? refusalOf(node, demand, workLimit);
    if (code === undefined) fitting += 1;
    else counts[code] = (counts[code] ?? 0) + 1;
  }
  return { nodes: judged, fitting, refusedBy: counts };
};
