import type { HighWaterMark } from '@fleetbook/contracts';
import { type EventLog, LogDamageError, requireMark } from '@fleetbook/event-log';

/**
 * The failure, with the events that are missing where a log went back and they can be told: the log itself knows its
 * positions only. What was found for the failure before is not looked for again.
 */
export async function specifyLoss(
  log: EventLog,
  mark: HighWaterMark | undefined,
  cause: unknown,
  before: unknown,
): Promise<unknown> {
  if (!isLoss(cause) || cause.missing !== undefined) {
    return cause;
  }
  if (isLoss(before) && before.missing !== undefined) {
    return before;
  }
  try {
    await requireMark(log, mark);
    return cause;
  } catch (found) {
    return found instanceof LogDamageError ? found : cause;
  }
}

function isLoss(cause: unknown): cause is LogDamageError {
  return cause instanceof LogDamageError && cause.kind === 'went-back';
}
