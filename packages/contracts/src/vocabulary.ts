import type { AdvancedState, DriftPolicy, EventData, MoveKind, MoveState, PlacementGroup, SideName } from '@fleetbook/domain';

/*
 * The words of the domain that messages are checked against. A test holds each list complete.
 */

export const MOVE_KINDS = ['resize', 'cold', 'live', 'evacuation', 'unshelve'] as const satisfies readonly MoveKind[];

export const MOVE_STATES = [
  'claimed',
  'prepared',
  'running',
  'switched',
  'finished',
  'confirmed',
  'reverted',
  'completed',
  'cancelled',
  'failed',
  'dropped',
] as const satisfies readonly MoveState[];

export const ADVANCED_STATES = [
  'prepared',
  'running',
  'switched',
  'finished',
  'completed',
] as const satisfies readonly AdvancedState[];

export const SIDE_NAMES = ['source', 'destination'] as const satisfies readonly SideName[];

export const SIDE_OUTCOMES = ['released', 'releasing', 'left-behind'] as const;

export const DRIFT_POLICIES = ['observe', 'heal-safe', 'heal-all'] as const satisfies readonly DriftPolicy[];

export type DriftKind = EventData['DriftFound']['found'][number]['kind'];

export const DRIFT_KINDS = [
  'release-done',
  'guest-missing',
  'guest-unknown',
  'guest-elsewhere',
  'guest-on-two-nodes',
  'amounts-differ',
  'units-differ',
  'unit-vanished',
] as const satisfies readonly DriftKind[];

export const PLACEMENT_RULES = [
  'affinity',
  'anti-affinity',
  'soft-affinity',
  'soft-anti-affinity',
] as const satisfies readonly PlacementGroup['rule'][];
