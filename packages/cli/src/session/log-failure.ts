import { fleetbookError } from '@fleetbook/contracts';
import { damageError, LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import { JetStreamSetupError } from '@fleetbook/event-log/jetstream';
import type { Failure } from '../call.ts';

/** The failure behind something a log threw; undefined for a bug. */
export function logFailureOf(thrown: unknown): Failure | undefined {
  if (thrown instanceof LogDamageError) {
    const failure = damageError(thrown);
    return { ...failure, message: `${failure.message.replace(/\.$/, '')}: ${thrown.message}.` };
  }
  if (thrown instanceof LogUnavailableError) {
    return fleetbookError('UNAVAILABLE', { service: 'The log', reason: thrown.message });
  }
  return thrown instanceof JetStreamSetupError
    ? fleetbookError('WEAK_DURABILITY', { reason: thrown.message })
    : undefined;
}
