import { type Result, succeed } from '@fleetbook/domain';
import { type Bookmark, type Commit, type EventLog, storedEncoding } from '@fleetbook/event-log';
import type { Failure } from '../call.ts';
import { appendSurely } from './append-surely.ts';

/**
 * Appends what a copy has beyond the end of the log, byte for byte, each commit where it stood. The copy has been
 * compared with the log. Gives the new end.
 */
export async function appendCopy(
  log: EventLog,
  end: Bookmark,
  commits: AsyncIterable<Commit>,
  onCommit: () => void,
  retryMs?: number,
): Promise<Result<Bookmark, Failure>> {
  let bookmark = end;
  for await (const commit of commits) {
    if (commit.firstNumber > end.number) {
      const appended = await appendSurely(log, bookmark.position, storedEncoding(commit), retryMs);
      if (!appended.ok) {
        return appended;
      }
      bookmark = { ...commit.bookmark, position: appended.value };
      onCommit();
    }
  }
  return succeed(bookmark);
}
