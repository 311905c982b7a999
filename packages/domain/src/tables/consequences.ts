import type { EventType } from '../event.ts';
import { type MoveState, OPEN_MOVE_STATES } from '../move.ts';
import type { ClaimState } from './claim-table.ts';

/** A change of state that an event brings about besides those that the cells of the entity's own table reach. */
export interface Consequence<State extends string> {
  readonly from: State;
  readonly to: State;
  readonly by: readonly EventType[];
}

/** What becomes of an instance by time, by its move, by its node, and by those without the right to free. */
export const CLAIM_CONSEQUENCES: readonly Consequence<ClaimState>[] = [
  { from: 'none', to: 'confirmed', by: ['DriftHealed'] },
  { from: 'unconfirmed', to: 'none', by: ['ClaimExpired'] },
  { from: 'confirmed', to: 'releasing', by: ['DropRequested'] },
  { from: 'confirmed', to: 'ended', by: ['DriftHealed'] },
  {
    from: 'moving',
    to: 'confirmed',
    by: ['MoveCompleted', 'MoveConfirmed', 'MoveAutoConfirmed', 'MoveReverted', 'MoveCancelled', 'MoveFailed'],
  },
  { from: 'moving', to: 'releasing', by: ['DropRequested'] },
  { from: 'releasing', to: 'ended', by: ['NodeMarkedDown', 'DriftHealed'] },
  { from: 'releasing', to: 'offloaded', by: ['NodeMarkedDown', 'DriftHealed'] },
  { from: 'unshelving', to: 'confirmed', by: ['MoveCompleted'] },
  { from: 'unshelving', to: 'offloaded', by: ['MoveCancelled', 'MoveFailed'] },
];

/** What becomes of a move by time and by the end of its instance, in any kind that has the state. */
export const MOVE_CONSEQUENCES: readonly Consequence<MoveState>[] = [
  { from: 'finished', to: 'confirmed', by: ['MoveAutoConfirmed'] },
  ...OPEN_MOVE_STATES.map(
    (from): Consequence<MoveState> => ({
      from,
      to: 'dropped',
      by: ['InstanceDropped', 'DropRequested', 'InstanceForceDropped'],
    }),
  ),
];
