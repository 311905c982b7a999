import { type Commit, type EventLog, LogDamageError, ORIGIN } from '@fleetbook/event-log';
import type { CheckpointHeader } from './format.ts';

/**
 * Whether the log still holds the commit that the checkpoint ends with. `other-history`: the log is another
 * history's; `other-commit`: of this history, with another commit there.
 * Throws LogDamageError 'went-back' when the log of this history ends before it: acknowledged events are missing.
 */
export async function matchLog(
  log: EventLog,
  header: CheckpointHeader,
): Promise<'matches' | 'other-history' | 'other-commit'> {
  const founding = await firstCommit(log, ORIGIN);
  if (founding === undefined) {
    throw wentBack(header, 'the log is empty');
  }
  const created = founding.events[0];
  if (created?.type !== 'LedgerCreated' || created.data.historyId !== header.historyId) {
    return 'other-history';
  }
  const last = await lastCommitOf(log, header);
  if (last === undefined) {
    throw wentBack(header, 'the log ends before it');
  }
  return last !== 'other' && last.hash === header.bookmark.hash && last.bookmark.number === header.bookmark.number
    ? 'matches'
    : 'other-commit';
}

/** Reading on from the commit before fails as damage when the log holds another one there. */
async function lastCommitOf(log: EventLog, header: CheckpointHeader): Promise<Commit | 'other' | undefined> {
  try {
    return await firstCommit(log, header.previous);
  } catch (error) {
    if (error instanceof LogDamageError && error.kind !== 'went-back' && error.kind !== 'too-new') {
      return 'other';
    }
    throw error;
  }
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
