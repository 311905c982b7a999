import { type Commit, type EventLog, LogDamageError, requireMark } from '@fleetbook/event-log';
import type { CheckpointHeader } from './format.ts';

/**
 * Whether the log holds the commit that the checkpoint ends with: then, by the chain, everything before it too. It need
 * not when an operator has given up the checkpoint's events. Throws LogDamageError when they are missing otherwise,
 * also where others have taken their places since, or when the log has never been of the checkpoint's history.
 */
export async function matchLog(log: EventLog, header: CheckpointHeader): Promise<'matches' | 'given-up'> {
  const { historyId, bookmark } = header;
  if (await holdsLast(log, header)) {
    return 'matches';
  }
  await requireMark(log, { historyId, number: bookmark.number, hash: bookmark.hash });
  return 'given-up';
}

async function holdsLast(log: EventLog, { previous, bookmark }: CheckpointHeader): Promise<boolean> {
  try {
    const last = await firstCommit(log, previous);
    return last?.hash === bookmark.hash && last.bookmark.number === bookmark.number;
  } catch (error) {
    if (error instanceof LogDamageError) {
      return false;
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
