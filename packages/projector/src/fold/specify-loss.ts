import type { HighWaterMark } from '@fleetbook/contracts';
import { type EventLog, LogDamageError, type MissingEvents, requireMark } from '@fleetbook/event-log';

/**
 * The failure, with the events that are missing where a log went back and they can be told: the log itself knows its
 * positions only, and a saved state no more than what it was folded from. What was found for the failure before is not
 * looked for again.
 */
export async function specifyLoss(
  log: EventLog,
  mark: HighWaterMark | undefined,
  cause: unknown,
  before: unknown,
): Promise<unknown> {
  if (!isLoss(cause) || isWhole(cause.missing, mark)) {
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

function isWhole(missing: MissingEvents | undefined, mark: HighWaterMark | undefined): boolean {
  return missing !== undefined && !(mark?.historyId === missing.historyId && mark.number > missing.to);
}

function isLoss(cause: unknown): cause is LogDamageError {
  return cause instanceof LogDamageError && cause.kind === 'went-back';
}
