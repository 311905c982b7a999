import type { CommandMessage } from './command.ts';
import type { DecidedEvent } from './event.ts';
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
      readonly type: 'ClaimInstance';
      readonly node: string;
      readonly instance: string;
      readonly claimId: string;
      readonly charge: readonly ChargeLine[];
    }
  | {
      readonly type: 'ConfirmClaim' | 'AbortClaim' | 'DropInstance';
      readonly node: string;
      readonly instance: string;
      readonly claimId: string;
    };

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
