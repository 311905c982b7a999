import type { RejectionCode } from '../rejection.ts';
import type { ChargeLine, ResourceRequest } from '../request.ts';

/** The rules of fit in the order in which they are judged; the last one is about all items together. */
export const FIT_RULES = [
  'UNKNOWN_PROVIDER',
  'UNKNOWN_CLASS',
  'UNKNOWN_UNIT',
  'UNITS_MISSING',
  'TRAIT_MISSING',
  'TRAIT_FORBIDDEN',
  'AMOUNT_RULE',
  'UNIT_TAKEN',
  'NO_CAPACITY',
  'NO_ASSIGNMENT',
] as const satisfies readonly RejectionCode[];

export type FitRule = (typeof FIT_RULES)[number];

/** What is to be charged: a request the ledger finds providers for, or a charge named outright. */
export interface Demand {
  readonly request?: ResourceRequest;
  readonly charge?: readonly ChargeLine[];
}

/**
 * The first rule one class of one group breaks on a node, and the node's figures for that class: sums over the
 * providers that offer it, and the most that one of them has left, whether or not it may give the amount asked for.
 */
export interface BrokenRule {
  /** Empty for the default group and for outright charges. */
  readonly group: string;
  /** Empty when a default group without resources fails by its traits. */
  readonly class: string;
  readonly rule: FitRule;
  readonly requested: number;
  /** How many distinct providers the group asks for, when more than one. */
  readonly count?: number;
  readonly capacity: number;
  readonly charged: number;
  /** Capacity minus charged; negative when the inventory shrank under its charges. */
  readonly headroom: number;
  readonly largestFree: number;
  /** What the owner of a replaced charge holds of it already, part of `charged`: only the rest has to fit. */
  readonly held?: number;
  /** The provider an outright charge names. */
  readonly provider?: string;
}

export type FitResult =
  | { readonly kind: 'fits'; readonly charge: readonly ChargeLine[] }
  | { readonly kind: 'refused'; readonly code: FitRule; readonly rules: readonly BrokenRule[] }
  | { readonly kind: 'too-complex' };

export const rankOf = (rule: FitRule): number => FIT_RULES.indexOf(rule);

/** Of several broken rules the first in precedence names the refusal. */
export const firstRule = (rules: readonly FitRule[]): FitRule =>
  rules.reduce((first, rule) => (rankOf(rule) < rankOf(first) ? rule : first), 'NO_ASSIGNMENT');

export const refusedBy = (rules: readonly BrokenRule[]): FitResult => ({
  kind: 'refused',
  code: firstRule(rules.map((broken) => broken.rule)),
  rules,
});
