import type { Node } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { assemble } from './assemble.ts';
import { fitCharge } from './charge.ts';
import { rulesOf } from './figures.ts';
import { type PreparedRequest, prepareRequest } from './items.ts';
import { type Judgement, judgeRequest, judgeRequestInTurns, judgeSimple } from './request.ts';
import { type Demand, type FitResult, type FitRule, firstRule, refusedBy } from './result.ts';
import type { SearchMeter } from './search.ts';
import type { Turns } from './turns.ts';

/** A demand taken apart, for judging it on many nodes. */
export type PreparedDemand =
  | { readonly kind: 'request'; readonly request: PreparedRequest }
  | { readonly kind: 'charge'; readonly charge: readonly ChargeLine[] };

export const prepareDemand = (demand: Demand): PreparedDemand =>
  demand.charge === undefined
    ? { kind: 'request', request: prepareRequest(demand.request ?? {}) }
    : { kind: 'charge', charge: demand.charge };

const resultOf = (node: Node, judged: Judgement): FitResult => {
  switch (judged.kind) {
    case 'fits':
      return { kind: 'fits', charge: assemble(node, judged.placements) };
    case 'refused':
      return refusedBy(judged.broken.flatMap((broken) => rulesOf(node, broken)));
    case 'too-complex':
      return judged;
  }
};

/** As `fitDemand`, for a demand prepared once. */
export const fitPrepared = (node: Node, demand: PreparedDemand, workLimit: number, meter?: SearchMeter): FitResult => {
  if (demand.kind === 'charge') return fitCharge(node, demand.charge);
  return resultOf(node, judgeRequest(node, demand.request, workLimit, meter));
};

/**
 * The charge of a demand whose parts are one each and independent, where it fits; undefined where it does not, or where
 * it is another demand. Nothing is made on the way: see `judgeSimple`.
 */
export const fitSimple = (node: Node, demand: PreparedDemand): readonly ChargeLine[] | undefined => {
  const judged = demand.kind === 'request' ? judgeSimple(node, demand.request) : undefined;
  return judged?.kind === 'fits' ? assemble(node, judged.placements) : undefined;
};

/** As `fitPrepared`, letting others go first between the turns of a long search. */
export function* fitInTurns(
  node: Node,
  demand: PreparedDemand,
  workLimit: number,
  meter?: SearchMeter,
): Turns<FitResult> {
  if (demand.kind === 'charge') return fitCharge(node, demand.charge);
  return resultOf(node, yield* judgeRequestInTurns(node, demand.request, workLimit, meter));
}

/** The code a demand is refused with, or undefined when it fits: as `fitPrepared` without figures and lines. */
export const refusalOf = (
  node: Node,
  demand: PreparedDemand,
  workLimit: number,
): FitRule | 'REQUEST_TOO_COMPLEX' | undefined => {
  if (demand.kind === 'charge') {
    const fitted = fitCharge(node, demand.charge);
    return fitted.kind === 'refused' ? fitted.code : undefined;
  }
  const judged = judgeRequest(node, demand.request, workLimit);
  if (judged.kind === 'too-complex') return 'REQUEST_TOO_COMPLEX';
  return judged.kind === 'refused' ? firstRule(judged.broken.map(({ failure }) => failure.rule)) : undefined;
};

/**
 * Whether and how a node can hold a demand, by its inventory alone (its status is not judged). If an assignment
 * exists it is found, unless the search needs more than `workLimit` steps. The same node and demand give the
 * same charge.
 */
export const fitDemand = (node: Node, demand: Demand, workLimit: number): FitResult =>
  fitPrepared(node, prepareDemand(demand), workLimit);
