import { type Commit, type EventLog, LogDamageError, ORIGIN } from '@fleetbook/event-log';
import type { CheckpointHeader } from './format.ts';

/**
 * Whether the log is of the history that the checkpoint is of, and still holds the commit it ends with.
 * Throws LogDamageError when the log of this history does not: acknowledged events are missing, also where others have
 * taken their places since.
 */
export async function matchLog(log: EventLog, header: CheckpointHeader): Promise<'matches' | 'other-history'> {
  const founding = await firstCommit(log, ORIGIN);
  if (founding === undefined) {
    throw wentBack(header, 'the log is empty');
  }
  const created = founding.events[0];
  if (created?.type !== 'LedgerCreated' || created.data.historyId !== header.historyId) {
    return 'other-history';
  }
  // Throws itself when the log holds another commit where the last one begins.
  const last = await firstCommit(log, header.previous);
  if (last === undefined) {
    throw wentBack(header, 'the log ends before it');
  }
  if (last.hash !== header.bookmark.hash || last.bookmark.number !== header.bookmark.number) {
    throw wentBack(header, `commit ${last.hash} stands in its place`);
  }
  return 'matches';
}

async function firstCommit(log: EventLog, after: CheckpointHeader['previous']): Promise<Commit | undefined> {
  for await (const commits of log.read(after)) {
    return commits[0];
  }
  return undefined;
}

function wentBack({ bookmark, historyId }: CheckpointHeader, why: string): LogDamageError {
  const message = `event ${bookmark.number} of history ${historyId} was folded and saved, but ${why}`;
  return new LogDamageError('went-back', message, { number: bookmark.number });
}
