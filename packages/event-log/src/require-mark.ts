import type { HighWaterMark, HistoryLine } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import { MarkCheck } from './mark-check.ts';
import { type EventLog, ORIGIN } from './port.ts';

/**
 * Reads the whole log and compares it with a mark. For a log that is in doubt: says which events are missing.
 * Throws LogDamageError as MarkCheck does, or what else is wrong with the log, or LogUnavailableError.
 */
export async function requireMark(log: EventLog, mark: HighWaterMark | undefined): Promise<void> {
  const check = new MarkCheck(mark, ORIGIN);
  let line: HistoryLine | undefined;
  let end = ORIGIN;
  for await (const commits of log.read(ORIGIN)) {
    for (const { events, bookmark } of commits) {
      line = events.reduce(lineAfter, line);
      check.note(bookmark);
      end = bookmark;
    }
  }
  check.require(line, end);
}

/** The histories that a log is of, after one more of its events. */
export function lineAfter(line: HistoryLine | undefined, event: LedgerEvent): HistoryLine | undefined {
  if (event.type === 'LedgerCreated') {
    return { historyId: event.data.historyId };
  }
  return event.type === 'HistoryForked'
    ? { historyId: event.data.newHistoryId, forks: [...(line?.forks ?? []), event.data] }
    : line;
}
