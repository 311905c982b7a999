import type { Actor, ChargeLine, CommandType, MoveKind, MoveState, SideName, SideState } from '@fleetbook/domain';

/** The side of a move that is not where its instance runs. */
export interface SideView {
  readonly side: SideName;
  readonly node: string;
  /** What it is entitled to. */
  readonly charge: readonly ChargeLine[];
  /** What it adds to the charges of its node, where that differs: old and new of one node share what they can. */
  readonly counted?: readonly ChargeLine[];
  readonly state: SideState;
  /** When it got into this state, epoch milliseconds. */
  readonly since: number;
  readonly requestedBy?: Actor;
}

export interface MoveView {
  readonly moveId: string;
  readonly kind: MoveKind;
  readonly instance: string;
  /** Absent for `unshelve`. */
  readonly source?: string;
  readonly destination: string;
  readonly state: MoveState;
  /** When it got into this state, epoch milliseconds. */
  readonly since: number;
  readonly isOpen: boolean;
  /** Failed at or after `switched`: confirm it, or revert it where that is legal. */
  readonly isError: boolean;
  readonly replace: boolean;
  readonly claimant: Actor;
  /** Absent when the move holds nothing besides the claim of its instance. */
  readonly other?: SideView;
  /** Commands that would change it as it stands. */
  readonly legal: readonly CommandType[];
}

export type MoveAnswer = MoveView;

export interface MovesAnswer {
  readonly moves: readonly MoveView[];
  /** Present when there are more: the `after` of the next question. */
  readonly next?: string;
}
