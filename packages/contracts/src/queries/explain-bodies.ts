import type { ResourceRequest } from '@fleetbook/domain';
import type { QueryOptions } from './bodies.ts';

/**
 * Why a decision came out as it did. Exactly one of `command` (the id of a command, which is also that of the claim or
 * move it made), `event` (a number) and `unit` (with `node`: the decision by which its holder got it).
 */
export interface ExplainQuery extends QueryOptions {
  readonly command?: string;
  readonly event?: number;
  readonly node?: string;
  readonly unit?: string;
}

/** Whether a node would take a claim for a request, and if not, what is in the way. */
export interface WhyNotQuery extends QueryOptions {
  readonly node: string;
  readonly request: ResourceRequest;
}
