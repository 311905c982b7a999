import type { HistoryLine } from '@fleetbook/contracts';
import { type Bookmark, type Commit, type EventLog, lineAfter, ORIGIN } from '@fleetbook/event-log';
import { CopyError, type CopyPart } from '@fleetbook/projector/archive';

/** What a log holds beside a copy of it, both read from their first event and verified. */
export interface Comparison {
  /** Where the log ends. */
  readonly logEnd: Bookmark;
  /** Time of the last event of the log, epoch milliseconds; 0 for an empty one. */
  readonly logAt: number;
  /** Of the log; undefined for an empty one. */
  readonly logLine: HistoryLine | undefined;
  /** Of the log and the copy together. */
  readonly line: HistoryLine | undefined;
  /** Id of who wrote the log's first event. */
  readonly founder: string | undefined;
  /** The last event of the copy. */
  readonly copyEnd: number;
  /** What the copy has beyond the log. */
  readonly commits: number;
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
}

/**
 * Reads both side by side. Throws CopyError MISMATCH where a commit of the copy is not the one that the log holds, or
 * the copy is of another cell; and what the readers throw.
 */
export async function compareCopy(cell: string, log: EventLog, parts: AsyncIterable<CopyPart>): Promise<Comparison> {
  const copy = commitsOf(cell, parts);
  let logEnd = ORIGIN;
  let logAt = 0;
  let logLine: HistoryLine | undefined;
  let founder: string | undefined;
  let copyEnd = 0;
  let isCopyDone = false;
  for await (const commits of log.read(ORIGIN)) {
    for (const commit of commits) {
      founder ??= commit.events[0]?.actor.id;
      logLine = commit.events.reduce(lineAfter, logLine);
      const next: Commit | undefined = isCopyDone ? undefined : (await copy.next()).value;
      isCopyDone = next === undefined;
      if (next !== undefined) {
        requireSame(next, commit);
        copyEnd = next.bookmark.number;
      }
      logEnd = commit.bookmark;
      logAt = commit.events.at(-1)?.at ?? logAt;
    }
  }
  let line = logLine;
  let commits = 0;
  let firstAt: number | undefined;
  let lastAt: number | undefined;
  for await (const commit of isCopyDone ? [] : copy) {
    line = commit.events.reduce(lineAfter, line);
    commits += 1;
    copyEnd = commit.bookmark.number;
    firstAt ??= commit.events[0]?.at;
    lastAt = commit.events.at(-1)?.at;
  }
  return { logEnd, logAt, logLine, line, founder, copyEnd, commits, firstAt, lastAt };
}

/** The commits of a copy, one by one. Throws CopyError MISMATCH at the copy of another cell. */
export async function* commitsOf(
  cell: string,
  parts: AsyncIterable<CopyPart>,
): AsyncGenerator<Commit, undefined, undefined> {
  for await (const part of parts) {
    if (part.cell !== cell) {
      throw new CopyError('MISMATCH', `the copy is of cell ${part.cell}, not of ${cell}`, { number: 1 });
    }
    yield* part.commits;
  }
  return undefined;
}

function requireSame(copied: Commit, { hash, firstNumber }: Commit): void {
  if (copied.hash !== hash) {
    const reason = `from event ${firstNumber} on the log holds others than the copy`;
    throw new CopyError('MISMATCH', reason, { number: firstNumber });
  }
}
