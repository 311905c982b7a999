import { type Bookmark, type Commit, type EventLog, LogDamageError, requireMark } from '@fleetbook/event-log';

/** The end of a saved state, and what tells whether a log holds it. */
export interface SavedEnd {
  readonly historyId: string;
  readonly bookmark: Bookmark;
  readonly previous: Bookmark;
}

/**
 * Whether the log holds the commit that a saved state ends with: then, by the chain, everything before it too. It need
 * not when an operator has given up the events of the state. Throws LogDamageError when they are missing otherwise,
 * also where others have taken their places since, or when the log has never been of the state's history.
 */
export async function matchLog(log: EventLog, saved: SavedEnd): Promise<'matches' | 'given-up'> {
  const { historyId, bookmark } = saved;
  if (await holdsLast(log, saved)) {
    return 'matches';
  }
  await requireMark(log, { historyId, number: bookmark.number, hash: bookmark.hash });
  return 'given-up';
}

async function holdsLast(log: EventLog, { previous, bookmark }: SavedEnd): Promise<boolean> {
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

async function firstCommit(log: EventLog, after: Bookmark): Promise<Commit | undefined> {
  for await (const commits of log.read(after)) {
    return commits[0];
  }
  return undefined;
}
