import { fleetbookError } from '@fleetbook/contracts';
import { LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import { JetStreamSetupError } from '@fleetbook/event-log/jetstream';
import type { Failure } from '../call.ts';

/** The failure behind something a log threw; undefined for a bug. */
export function logFailureOf(thrown: unknown): Failure | undefined {
  if (thrown instanceof LogDamageError) {
    const failure = damageOf(thrown);
    return { ...failure, message: `${failure.message.replace(/\.$/, '')}: ${thrown.message}.` };
  }
  if (thrown instanceof LogUnavailableError) {
    return fleetbookError('UNAVAILABLE', { service: 'The log', reason: thrown.message });
  }
  return thrown instanceof JetStreamSetupError
    ? fleetbookError('WEAK_DURABILITY', { reason: thrown.message })
    : undefined;
}

function damageOf({ kind, number }: LogDamageError): Failure {
  const where = number ?? 'unknown';
  switch (kind) {
    case 'too-new':
      return fleetbookError('FORMAT_TOO_NEW', { what: `Event ${where}`, version: 'unknown here', known: 'older' });
    case 'went-back':
      return fleetbookError('LOG_WENT_BACK', { end: 'earlier', expected: where });
    case 'other-history':
      return fleetbookError('OTHER_HISTORY', { found: 'another history', wanted: 'this one' });
    case 'gap':
    case 'chain':
    case 'epoch':
    case 'malformed':
      return fleetbookError('LOG_DAMAGED', { kind, number: where });
  }
}
