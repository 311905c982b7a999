import {
  type ErrorCode,
  type ErrorDetails,
  type FleetbookError,
  fleetbookError,
  LOSS_ADVICE,
} from '@fleetbook/contracts';
import {
  type Bookmark,
  damageError,
  type LogDamageError,
  type LogRefusedError,
  type Position,
} from '@fleetbook/event-log';
import type { RecoveryFailure } from './office/recover.ts';

/** Why a tracker has stopped for good: a person must look before it decides again. */
export interface TrackerFailure {
  readonly error: FleetbookError;
  readonly cause: unknown;
}

export function damageFailure(cause: LogDamageError): TrackerFailure {
  return { error: { ...damageError(cause), message: cause.message }, cause };
}

export function refusedFailure(cause: LogRefusedError): TrackerFailure {
  return { error: fleetbookError('LOG_UNUSABLE', { reason: cause.message }), cause };
}

export function recoveryFailure(failure: RecoveryFailure): TrackerFailure {
  if (failure.code === 'LOG_DAMAGED') {
    return damageFailure(failure.cause);
  }
  const { number, cause } = failure;
  return failureOf('INTERNAL_ERROR', `event ${number} cannot be folded`, { number }, cause);
}

/** The second parameter is the last commit known to have been durable. */
export function wentBackFailure(end: Position, { number }: Pick<Bookmark, 'number'>): TrackerFailure {
  const message = `the log ends at position ${end} and does not hold event ${number}; ${LOSS_ADVICE}`;
  return failureOf('LOG_WENT_BACK', message, { end, expected: number }, undefined);
}

export function unexpectedFailure(cause: unknown): TrackerFailure {
  return failureOf('INTERNAL_ERROR', cause instanceof Error ? cause.message : String(cause), {}, cause);
}

/** The catalogue's error, with what is known of this case as its text. */
function failureOf(code: ErrorCode, message: string, details: ErrorDetails, cause: unknown): TrackerFailure {
  return { error: { ...fleetbookError(code, details), message }, cause };
}
