import { encodeQuery, type HighWaterMark, type HistoryLine, querySubject, standingOf } from '@fleetbook/contracts';
import { type Logger, readMarkReply } from '@fleetbook/operations';
import type { TrackerBus } from '../ports.ts';
import type { TrackerSettings } from '../settings.ts';
import type { WriterState } from './writer-state.ts';

/**
 * What others know to be durable: everybody who answers in time, and the last writer heard. Before a history is founded
 * anybody who listens is given more time: one that is merely slow may know of a log that has been lost.
 */
export async function askPeers(
  bus: TrackerBus,
  { cell, peerWaitMs, peerPatienceMs }: Pick<TrackerSettings, 'cell' | 'peerWaitMs' | 'peerPatienceMs'>,
  { heard, isFounding }: { readonly heard: HighWaterMark | undefined; readonly isFounding: boolean },
): Promise<readonly HighWaterMark[]> {
  const patienceMs = isFounding ? peerPatienceMs : peerWaitMs;
  const replies = await bus.askAll(querySubject(cell, 'mark'), encodeQuery('mark', {}), peerWaitMs, patienceMs);
  const marks = replies.map(readMarkReply).filter((mark) => mark !== undefined);
  return heard === undefined ? marks : [...marks, heard];
}

/** What a peer knows of this log's history and the log does not hold; the highest of several. */
export function missingHere(
  peers: readonly HighWaterMark[],
  { ledger: { cell }, bookmark }: WriterState,
  logger: Logger,
): HighWaterMark | undefined {
  const [highest] = peers
    .filter((mark) => cell === undefined || isMissing(mark, cell, bookmark.number, logger))
    .toSorted((left, right) => right.number - left.number);
  return highest;
}

function isMissing(mark: HighWaterMark, line: HistoryLine, end: number, logger: Logger): boolean {
  const { kind } = standingOf(line, mark);
  if (kind === 'foreign') {
    logger.warn('a service of this cell remembers another history', { historyId: mark.historyId, number: mark.number });
  }
  return kind === 'beyond' || (kind === 'present' && mark.number > end);
}

/** For people: why no office is taken, and what would have to be in the log. */
export function waitingReason({ historyId, number }: HighWaterMark, end: number): string {
  const known = `another service of the cell knows event ${number} of history ${historyId}`;
  return `the log ends with event ${end}, and ${known}`;
}
