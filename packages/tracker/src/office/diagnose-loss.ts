import type { HighWaterMark } from '@fleetbook/contracts';
import { type EventLog, LogDamageError, LogUnavailableError, requireMark } from '@fleetbook/event-log';
import { damageFailure, type TrackerFailure } from '../failure.ts';

/** Reads a log that went back once more from its beginning, to tell which events are missing; else what is known. */
export async function diagnoseLoss(
  log: EventLog,
  mark: HighWaterMark | undefined,
  known: TrackerFailure,
): Promise<TrackerFailure> {
  try {
    await requireMark(log, mark);
    return known;
  } catch (error) {
    if (error instanceof LogDamageError) {
      return damageFailure(error);
    }
    if (error instanceof LogUnavailableError) {
      return known;
    }
    throw error;
  }
}
