import {
  type EncodedCommit,
  type EventLog,
  LogDamageError,
  LogRefusedError,
  type Position,
} from '@fleetbook/event-log';
import { rest, type Timers } from '@fleetbook/operations';
import type { Random } from '../ports.ts';
import { type BackoffOptions, backoffMs } from './backoff.ts';

export type SettledAppend =
  | { readonly status: 'appended'; readonly position: Position }
  /** Another writer's commit stands there: this one never reaches the log. */
  | { readonly status: 'conflict' }
  | { readonly status: 'went-back'; readonly end: Position }
  | { readonly status: 'damaged'; readonly cause: LogDamageError }
  /** It would be refused as often as it were sent. */
  | { readonly status: 'refused'; readonly cause: LogRefusedError }
  /** `isAbandoned` became true while the outcome was unknown. */
  | { readonly status: 'abandoned' };

export interface SettleAppendOptions {
  readonly log: EventLog;
  readonly timers: Timers;
  readonly random: Random;
  readonly backoff: BackoffOptions;
  readonly isAbandoned: () => boolean;
  /** Called each time the outcome is unknown, before the wait. */
  readonly onUnknown: (attempt: number, cause: Error) => void;
}

/**
 * Appends until the outcome is known: while it is not, the identical commit with the identical expectation is sent
 * again, for nothing may be decided on a state that may or may not have come true.
 */
export async function settleAppend(
  options: SettleAppendOptions,
  expected: Position,
  commit: EncodedCommit,
): Promise<SettledAppend> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await attemptAppend(options.log, expected, commit);
    if (result.status !== 'unknown') {
      return result;
    }
    options.onUnknown(attempt, result.cause);
    if (options.isAbandoned()) {
      return { status: 'abandoned' };
    }
    const delayMs = backoffMs(options.backoff, attempt, options.random);
    await rest(options.timers, delayMs);
    if (options.isAbandoned()) {
      return { status: 'abandoned' };
    }
  }
}

/** Any other throw leaves the outcome as unknown as a time-out does. */
async function attemptAppend(
  log: EventLog,
  expected: Position,
  commit: EncodedCommit,
): Promise<Exclude<SettledAppend, { status: 'abandoned' }> | { readonly status: 'unknown'; readonly cause: Error }> {
  try {
    return await log.append(expected, commit);
  } catch (error) {
    if (error instanceof LogDamageError) {
      return { status: 'damaged', cause: error };
    }
    if (error instanceof LogRefusedError) {
      return { status: 'refused', cause: error };
    }
    return { status: 'unknown', cause: error instanceof Error ? error : new Error(String(error)) };
  }
}
