import { type ErrorCode, errorEntry } from '@fleetbook/contracts';
import type { LogDamageError, Position } from '@fleetbook/event-log';

import type { RecoveryFailure } from './office/recover.ts';

/** Why a tracker has stopped for good: a person must look before it decides again. */
export interface TrackerFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly exitCode: number;
  readonly cause: unknown;
}

const DAMAGE_CODES: Readonly<Record<LogDamageError['kind'], ErrorCode>> = {
  gap: 'LOG_DAMAGED',
  chain: 'LOG_DAMAGED',
  epoch: 'LOG_DAMAGED',
  malformed: 'LOG_DAMAGED',
  'too-new': 'FORMAT_TOO_NEW',
  'went-back': 'LOG_WENT_BACK',
  'other-history': 'OTHER_HISTORY',
};

export function damageFailure(cause: LogDamageError): TrackerFailure {
  return failureOf(DAMAGE_CODES[cause.kind], cause.message, cause);
}

export function recoveryFailure(failure: RecoveryFailure): TrackerFailure {
  return failure.code === 'LOG_DAMAGED'
    ? damageFailure(failure.cause)
    : failureOf('INTERNAL_ERROR', `event ${failure.number} cannot be folded`, failure.cause);
}

export function wentBackFailure(end: Position, number: number): TrackerFailure {
  return failureOf('LOG_WENT_BACK', `the log ends at position ${end} and does not hold event ${number}`, undefined);
}

export function unexpectedFailure(cause: unknown): TrackerFailure {
  return failureOf('INTERNAL_ERROR', cause instanceof Error ? cause.message : String(cause), cause);
}

function failureOf(code: ErrorCode, message: string, cause: unknown): TrackerFailure {
  return { code, message, exitCode: errorEntry(code).exitCode, cause };
}
