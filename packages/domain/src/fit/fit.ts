import type { Node } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { fitCharge } from './charge.ts';
import { type PreparedRequest, prepareRequest } from './items.ts';
import { fitRequest } from './request.ts';
import type { Demand, FitResult } from './result.ts';

/** A demand taken apart, for judging it on many nodes. */
export type PreparedDemand =
  | { readonly kind: 'request'; readonly request: PreparedRequest }
  | { readonly kind: 'charge'; readonly charge: readonly ChargeLine[] };

export const prepareDemand = (demand: Demand): PreparedDemand =>
  demand.charge === undefined
    ? { kind: 'request', request: prepareRequest(demand.request ?? {}) }
    : { kind: 'charge', charge: demand.charge };

/** As `fitDemand`, for a demand prepared once. */
export const fitPrepared = (node: Node, demand: PreparedDemand, workLimit: number): FitResult =>
  demand.kind === 'charge' ? fitCharge(node, demand.charge) : fitRequest(node, demand.request, workLimit);

/**
 * Whether and how a node can hold a demand, by its inventory alone (its status is not judged). If an assignment
 * exists it is found, unless the search needs more than `workLimit` steps. The same node and demand give the
 * same charge.
 */
export const fitDemand = (node: Node, demand: Demand, workLimit: number): FitResult =>
  fitPrepared(node, prepareDemand(demand), workLimit);
