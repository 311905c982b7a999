import { type Bookmark, type Commit, LogUnavailableError, type Position } from '../port.ts';
import type { JetStreamContext } from './context.ts';
import { examine } from './examine.ts';
import { openIntake } from './intake.ts';
import { ReadingThread } from './reading-thread.ts';
import type { SessionEnd } from './session.ts';
import { inspectStream } from './stream.ts';

/** What a thread saves must be worth its start: it loads its modules anew. */
const LEAST_COMMITS_FOR_THREAD = 256;

/** So many are read before a thread has begun: who looks for one event waits for no more. */
const FEW_EVENTS = 4_096;

/** All commits after `after` up to the end as of the call. */
export async function* readBatches(
  context: JetStreamContext,
  after: Bookmark,
  needed = Infinity,
): AsyncGenerator<readonly Commit[]> {
  const end = await inspectStream(context, after);
  const isLong = end - after.position >= LEAST_COMMITS_FOR_THREAD && needed - after.number >= FEW_EVENTS;
  const start = isLong ? context.startReadingThread : undefined;
  const thread = start === undefined ? undefined : new ReadingThread(start);
  try {
    yield* readUpTo(context, after, end, thread);
  } finally {
    await thread?.stop();
  }
}

/** Reads in this thread until the other one is ready. */
async function* readUpTo(
  context: JetStreamContext,
  after: Bookmark,
  end: Position,
  thread: ReadingThread | undefined,
): AsyncGenerator<readonly Commit[]> {
  let bookmark = after;
  while (bookmark.position < end) {
    const reader = thread?.isReady ? thread : undefined;
    const intake = reader?.read(context, bookmark, end) ?? (await openIntake(context, bookmark, end));
    try {
      while (bookmark.position < end && (reader !== undefined || thread?.isReady !== true)) {
        const arrival = await intake.take();
        const commits = arrival.kind === 'commits' ? arrival.commits : await afterEnd(context, bookmark, arrival.end);
        bookmark = commits.at(-1)?.bookmark ?? bookmark;
        yield commits;
        if (arrival.kind === 'end') {
          break;
        }
      }
    } finally {
      intake.close();
    }
  }
}

/** The commit that the session could not take, if the leader's copy of it is sound. */
async function afterEnd(context: JetStreamContext, bookmark: Bookmark, end: SessionEnd): Promise<readonly Commit[]> {
  switch (end.kind) {
    case 'failed':
      throw end.cause;
    case 'broken':
      throw new LogUnavailableError(`reading after position ${bookmark.position} broke off: ${end.reason}`);
    case 'suspect': {
      const commit = await examine(context, bookmark, end.cause, end.server);
      if (commit === undefined) {
        throw new LogUnavailableError('the log grew shorter while it was read', { cause: end.cause });
      }
      return [commit];
    }
  }
}
