import { fail, type Result, succeed } from '@fleetbook/domain';
import { type EventLog, LogDamageError, type MarkCheck } from '@fleetbook/event-log';
import type { Slices } from '@fleetbook/operations';
import { passesMilestone } from '@fleetbook/snapshot';
import { foldCommit, type WriterState } from './writer-state.ts';

/** Why no state can be made of the log: somebody must look before this tracker decides again. */
export type RecoveryFailure =
  /** Damage, another cell's log, or the loss of what this process knows to have been durable. */
  | { readonly code: 'LOG_DAMAGED'; readonly cause: LogDamageError }
  /** The code threw on a durable event. */
  | { readonly code: 'FOLD_FAILED'; readonly number: number; readonly cause: unknown };

export interface RecoverOptions {
  readonly log: EventLog;
  readonly cell: string;
  /** Of the same reading as `state`: a log without what is known to be durable has gone back. */
  readonly check: MarkCheck;
  readonly milestoneEvents: number;
  /** Called when the state stands at the end of a commit that came to a milestone, or past one. */
  readonly onMilestone: (state: WriterState) => void;
  /** A log that is read faster than it is folded leaves no turn to anything else. */
  readonly slices: Slices;
}

/**
 * Folds into `state` what follows its bookmark, up to the log's end as of the call. Throws LogUnavailableError;
 * `state` then stands at the last commit folded, and the next call goes on from there.
 */
export async function recover(options: RecoverOptions, state: WriterState): Promise<Result<void, RecoveryFailure>> {
  try {
    for await (const commits of options.log.read(state.bookmark)) {
      for (const commit of commits) {
        try {
          foldCommit(state, commit);
        } catch (cause) {
          return fail({ code: 'FOLD_FAILED', number: state.lastNumber + 1, cause });
        }
        options.check.note(commit.bookmark);
        if (passesMilestone(commit.firstNumber - 1, commit.bookmark.number, options.milestoneEvents)) {
          options.onMilestone(state);
        }
        await options.slices.pause();
      }
    }
    checkIdentity(options, state);
    return succeed(undefined);
  } catch (error) {
    if (error instanceof LogDamageError) {
      return fail({ code: 'LOG_DAMAGED', cause: error });
    }
    throw error;
  }
}

function checkIdentity({ cell, check }: RecoverOptions, state: WriterState): void {
  const found = state.ledger.cell;
  if (found !== undefined && found.cell !== cell) {
    throw new LogDamageError('other-history', `the log is of cell ${found.cell}, not of ${cell}`, { number: 1 });
  }
  check.require(found, state.bookmark);
}
