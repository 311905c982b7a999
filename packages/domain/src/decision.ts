import type { CommandMessage } from './command.ts';
import type { DecidedEvent, EndedMove, PassedOver } from './event.ts';
import type { MoveState, SideOutcome } from './move.ts';
import type { Rejection } from './rejection.ts';
import type { ChargeLine } from './request.ts';

/** An instance and the claim that holds it. */
export interface HeldInstance {
  readonly instance: string;
  readonly claimId: string;
}

/** What an accepted or unchanged command answers, by its type. */
export type CommandResult =
  | { readonly type: 'RegisterNode'; readonly node: string; readonly incarnation: number }
  | { readonly type: 'ReportInventory'; readonly node: string }
  | { readonly type: 'EnableNode' | 'DisableNode' | 'RetireNode'; readonly node: string }
  | {
      readonly type: 'MarkNodeDown' | 'TransferNode' | 'SetInventoryPolicy' | 'SetAggregates' | 'SetOverlay';
      readonly node: string;
    }
  | { readonly type: 'SetDriftPolicy' | 'Reshape'; readonly node: string }
  | { readonly type: 'ReportBuildResult'; readonly node: string; readonly failedBuilds: number }
  | { readonly type: 'ReportInstanceState'; readonly node: string; readonly instance: string }
  | {
      readonly type: 'ReportGuests';
      readonly node: string;
      /** How many drifts this report found, saw gone, and had healed. */
      readonly found: number;
      readonly cleared: number;
      readonly healed: number;
    }
  | {
      readonly type: 'ClaimInstance';
      readonly node: string;
      readonly instance: string;
      readonly claimId: string;
      readonly charge: readonly ChargeLine[];
      readonly passedOver?: readonly PassedOver[];
    }
  | {
      readonly type: 'ConfirmClaim' | 'AbortClaim' | 'DropInstance' | 'ShelveOffload';
      readonly node: string;
      readonly instance: string;
      readonly claimId: string;
      /** Present when the command was an intent: the charge is held until the node's agent drops it. */
      readonly state?: 'releasing';
      /** Present with `state`: what the instance becomes once its charge is freed. A drop outweighs an offload. */
      readonly becomes?: 'ended' | 'offloaded';
      /** Present when an open move was closed with the instance. */
      readonly move?: EndedMove;
    }
  | {
      readonly type: 'RebuildInstance' | 'AdoptInstance';
      readonly node: string;
      readonly instance: string;
      readonly claimId: string;
      readonly charge: readonly ChargeLine[];
    }
  | {
      readonly type: 'ForceDrop';
      readonly node: string;
      readonly instance: string;
      readonly claimId?: string;
      readonly moveId?: string;
      readonly move?: EndedMove;
    }
  | {
      readonly type: 'ClaimMove';
      readonly instance: string;
      readonly moveId: string;
      readonly state: 'claimed';
      readonly destination: string;
      readonly charge: readonly ChargeLine[];
    }
  | {
      readonly type: 'AdvanceMove' | 'ConfirmMove' | 'RevertMove' | 'FailMove' | 'CancelMove' | 'DropMoveClaim';
      readonly instance: string;
      readonly moveId: string;
      readonly state: MoveState;
      /** Present, and true, when the move is in error. */
      readonly isError?: true;
      /** What became of the side that the move does not keep; absent while the move is open. */
      readonly other?: SideOutcome;
    }
  | { readonly type: 'RevokeCheckpoint'; readonly upTo: number }
  /** Null where a command changed nothing. */
  | { readonly type: 'AtomicBatch'; readonly results: readonly (CommandResult | null)[] };

/** The answer of `decide`: events to append, a refusal, or nothing to change because it already is so. */
export type Decision =
  | { readonly kind: 'accepted'; readonly events: readonly [DecidedEvent, ...DecidedEvent[]] }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'unchanged'; readonly result: CommandResult };

/** The last event number and time a decision was judged on. */
export interface JudgedAt {
  readonly number: number;
  readonly at: number;
}

export type Decider<State> = (state: State, message: CommandMessage, judgedAt: JudgedAt) => Decision;
