import {
  CONTRACT_VERSION,
  fleetbookError,
  formatToken,
  isOfLine,
  parseQuery,
  parseToken,
  type QueryReply,
  queryErrorReply,
  type WriterAnswer,
} from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { DIGEST_VERSION } from '@fleetbook/snapshot';
import type { TrackerHealth } from '../health/tracker-health.ts';
import type { TrackerSettings } from '../settings.ts';
import type { Tally } from './meters.ts';
import type { WriterState } from './writer-state.ts';

export interface WriterAnswerOptions {
  readonly settings: TrackerSettings;
  readonly log: EventLog;
  readonly state: WriterState;
  readonly historyId: string;
  readonly epoch: number;
  readonly tally: Tally;
  readonly health: TrackerHealth;
}

/** Of the same state as the rest, and the only part that takes time to make. */
export type WithoutDigest = Omit<WriterAnswer, 'digest'>;

/** Answers the query `writer` from the state of now; true once everything in that state is durable. */
export function writerAnswer(options: WriterAnswerOptions, payload: Uint8Array): QueryReply<WithoutDigest> {
  const query = parseQuery('writer', payload);
  if (!query.ok) {
    return queryErrorReply(query.error);
  }
  const { settings, log, state, historyId, epoch, tally, health } = options;
  const wanted = query.value.atLeast === undefined ? undefined : parseToken(query.value.atLeast);
  if (wanted !== undefined && !isOfLine(state.ledger.cell ?? { historyId }, wanted)) {
    return queryErrorReply(fleetbookError('HISTORY_CHANGED', { wanted: wanted.historyId, historyId }));
  }
  if (wanted !== undefined && wanted.number > state.lastNumber) {
    return queryErrorReply(fleetbookError('PROJECTION_BEHIND', { wanted: wanted.number, number: state.lastNumber }));
  }
  const answer: WithoutDigest = {
    service: 'tracker',
    version: settings.version,
    contractVersion: CONTRACT_VERSION,
    pid: settings.pid,
    cell: settings.cell,
    ...health,
    historyId,
    number: state.lastNumber,
    startedAt: settings.startedAt,
    log: log.adapter,
    durability: log.durability,
    writer: settings.writer,
    epoch,
    hash: state.bookmark.hash,
    digestVersion: DIGEST_VERSION,
    commands: { ...tally },
  };
  return { outcome: 'answer', token: formatToken(historyId, state.lastNumber), at: state.lastAt, answer };
}
