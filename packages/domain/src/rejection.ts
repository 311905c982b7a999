import type { RejectionDetails } from './event.ts';

/**
 * Why the decider refuses, in order of precedence: when several rules are broken, the first one here is named.
 * NOT_AUTHORISED is answered but never recorded; every other code becomes a CommandRejected event. A rule is judged
 * on what it is about: an agent that names an unknown node gets NODE_NOT_FOUND, a scheduler that names a claim that is
 * not live gets CLAIM_MISMATCH. The page of the errors lists where that is out of the order.
 */
export const REJECTION_CODES = [
  'NOT_AUTHORISED',
  'NODE_NOT_FOUND',
  'NODE_OWNED_BY',
  'NODE_RETIRED',
  'STALE_INCARNATION',
  'STALE_REPORT',
  'TAKEN_AT_AHEAD',
  'INVALID_INVENTORY',
  'PROVIDER_ELSEWHERE',
  'INVALID_OVERLAY',
  'RESHAPE_MISMATCH',
  'HEAL_TOO_LARGE',
  'NODE_NOT_EMPTY',
  'NODE_DOWN',
  'NODE_DISABLED',
  'INVENTORY_UNKNOWN',
  'INVENTORY_STALE',
  'GUEST_REPORT_OWED',
  'MOVE_NOT_FOUND',
  'CLAIM_NOT_FOUND',
  'INSTANCE_ENDED',
  'CLAIM_MISMATCH',
  'MOVE_MISMATCH',
  'CLAIM_CONFIRMED',
  'CLAIM_UNCONFIRMED',
  'CLAIM_RELEASING',
  'MOVE_OPEN',
  'MOVE_STATE',
  'INSTANCE_ALREADY_HELD',
  'INSTANCE_OFFLOADED',
  'MOVE_ID_TAKEN',
  'SOURCE_NOT_DOWN',
  'SAME_NODE',
  'REPLACE_NEEDS_SAME_NODE',
  'REBUILD_GROWS',
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
  'REQUEST_TOO_COMPLEX',
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

export interface Rejection {
  readonly code: RejectionCode;
  /** At most 2 KiB as JSON. */
  readonly details: RejectionDetails;
}
