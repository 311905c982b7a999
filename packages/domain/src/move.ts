import type { Actor } from './actor.ts';
import type { ChargeLine } from './request.ts';

export const MOVE_KINDS = ['resize', 'cold', 'live', 'evacuation', 'unshelve'] as const;

export type MoveKind = (typeof MOVE_KINDS)[number];

/** The states a move can be in while it is open, in the order in which a move passes through them. */
export const OPEN_MOVE_STATES = ['claimed', 'prepared', 'running', 'switched', 'finished'] as const;

/** `dropped`: closed because its instance was dropped. */
export const CLOSED_MOVE_STATES = ['confirmed', 'reverted', 'completed', 'cancelled', 'failed', 'dropped'] as const;

export type OpenMoveState = (typeof OPEN_MOVE_STATES)[number];

export type MoveState = OpenMoveState | (typeof CLOSED_MOVE_STATES)[number];

export type SideName = 'source' | 'destination';

/**
 * `releasing`: somebody without the right to free it asked for its release. `left-behind`: an evacuation completed
 * without knowing what became of the guest there. Both count in full until they are freed.
 */
export type SideState = 'held' | 'releasing' | 'left-behind';

/** What a move holds on a node besides the claim of its instance. */
export interface Side {
  readonly node: string;
  /** What this side is entitled to. */
  readonly charge: readonly ChargeLine[];
  /**
   * What this side adds to the node's charges: the same list as `charge`, except on the node of the claim under
   * `replace`, where it is what the charge needs beyond the claim's. A line's amount may then differ from the
   * number of its units.
   */
  readonly counted: readonly ChargeLine[];
  readonly state: SideState;
  /** When it got into this state, epoch milliseconds. */
  readonly since: number;
  /** Who asked for the release of a `releasing` side. */
  readonly requestedBy?: Actor;
}

/** What becomes of the side that a closing move does not keep. */
export type SideOutcome = 'released' | 'releasing' | 'left-behind';

/** A move of an instance. Closed moves stay on record, so that a late or repeated command finds their outcome. */
export interface Move {
  /** The id of the command that made it; the claim id of its instance once it is confirmed or completed. */
  readonly id: string;
  readonly kind: MoveKind;
  readonly instance: string;
  /** Absent for `unshelve`. */
  readonly source?: string;
  readonly destination: string;
  readonly state: MoveState;
  /** When it got into this state, epoch milliseconds. */
  readonly since: number;
  /** On one node: hold the larger of old and new instead of their sum. */
  readonly replace: boolean;
  /** Failed at or after `switched`: both sides stay charged until it is confirmed or reverted. */
  readonly isError: boolean;
  /** The incarnation of an evacuation's source when it was claimed: a later one may drop what was left behind. */
  readonly sourceIncarnation?: number;
  readonly claimant: Actor;
  /** JSON text of the request or charge asked for at the destination. */
  readonly requestText: string;
  /** The side that is not where the instance runs: the destination before `switched`, the source from it on. */
  readonly otherSide: SideName;
  /** What that side holds; undefined when nothing (more). */
  readonly other: Side | undefined;
}
