import { fleetbookError } from '@fleetbook/contracts';
import { damageError, LogDamageError, LogMissingError, LogUnavailableError } from '@fleetbook/event-log';
import { JetStreamSetupError } from '@fleetbook/event-log/jetstream';
import { CopyError } from '@fleetbook/projector/archive';
import type { Failure } from '../call.ts';

/** The failure behind something a log threw; undefined for a bug. */
export function logFailureOf(thrown: unknown): Failure | undefined {
  if (thrown instanceof LogDamageError) {
    const failure = damageError(thrown);
    return { ...failure, message: `${failure.message.replace(/\.$/, '')}: ${thrown.message}.` };
  }
  if (thrown instanceof CopyError) {
    return copyFailureOf(thrown);
  }
  if (thrown instanceof LogUnavailableError) {
    const isMissing = thrown instanceof LogMissingError ? { isMissing: true } : {};
    return fleetbookError('UNAVAILABLE', { service: 'The log', reason: thrown.message, ...isMissing });
  }
  return thrown instanceof JetStreamSetupError ? fleetbookError(thrown.code, { reason: thrown.message }) : undefined;
}

function copyFailureOf({ code, number = 1, message }: CopyError): Failure {
  switch (code) {
    case 'DAMAGED':
      return fleetbookError('COPY_DAMAGED', { number, reason: message });
    case 'TOO_NEW':
      return {
        ...fleetbookError('FORMAT_TOO_NEW', { what: 'The copy', version: 'unknown here', known: 'older' }),
        message: `A newer release wrote the copy of the log: ${message}.`,
      };
    case 'MISMATCH':
    case 'BEHIND':
      return fleetbookError('COPY_MISMATCH', { number, reason: message });
    case 'NO_SPACE':
      return fleetbookError('DISK_FULL', { directory: message });
    default:
      return fleetbookError('DATA_UNUSABLE', { directory: 'The copy', reason: message });
  }
}
