import {
  CLOSED_MOVE_STATES,
  type DriftPolicy,
  type InboxOutcome,
  OPEN_MOVE_STATES,
  type PlacementGroup,
  type SideName,
  type SideOutcome,
  type SideState,
} from '@fleetbook/domain';

/*
 * Words that messages and stored events are checked against. A test holds each list complete.
 */

/** Every state of a move, in the order in which it passes through them. */
export const MOVE_STATES = [...OPEN_MOVE_STATES, ...CLOSED_MOVE_STATES] as const;

export const SIDE_NAMES = ['source', 'destination'] as const satisfies readonly SideName[];

export const SIDE_STATES = ['held', 'releasing', 'left-behind'] as const satisfies readonly SideState[];

export const SIDE_OUTCOMES = ['released', 'releasing', 'left-behind'] as const satisfies readonly SideOutcome[];

export const DRIFT_POLICIES = ['observe', 'heal-safe', 'heal-all'] as const satisfies readonly DriftPolicy[];

export const INBOX_OUTCOMES = ['unchanged', 'repeated'] as const satisfies readonly InboxOutcome[];

export const PLACEMENT_RULES = [
  'affinity',
  'anti-affinity',
  'soft-affinity',
  'soft-anti-affinity',
] as const satisfies readonly PlacementGroup['rule'][];

/** What the query `attention` looks for, in the order in which it lists it. */
export const ATTENTION_KINDS = [
  'releasing',
  'left-behind',
  'move-error',
  'drift',
  'overcommitted',
  'stale',
  'down',
  'suspect',
  'report-owed',
  'overlay-pending',
  'move-open',
  'unconfirmed',
] as const;

export type AttentionKind = (typeof ATTENTION_KINDS)[number];
