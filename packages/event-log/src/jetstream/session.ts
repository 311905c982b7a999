import { type Bookmark, type Commit, LogDamageError, type Position } from '../port.ts';
import { verifyCommit } from '../verify.ts';
import { asError } from './api.ts';
import type { JetStreamContext } from './context.ts';
import { type Feed, openFeed } from './feed.ts';
import { toPosition } from './stream.ts';

export type SessionEnd =
  /** The feed failed; nothing is said about the log. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** What arrived is not the next sound commit; what the leader has there decides. */
  | { readonly kind: 'suspect'; readonly cause: LogDamageError }
  /** `onCommits` threw. */
  | { readonly kind: 'failed'; readonly cause: Error };

export interface SessionHandler {
  readonly onCommits: (commits: readonly Commit[]) => void;
  /** Called once, not after `close`. */
  readonly onEnd: (end: SessionEnd) => void;
  readonly isFull: () => boolean;
}

/** One feed's worth of verified commits. */
export interface Session {
  resume(): void;
  close(): void;
}

const BATCH_COMMITS = 64;

/** Hands on commits after `after`, up to `last` if given. Throws as openFeed does. */
export async function openSession(
  context: JetStreamContext,
  after: Bookmark,
  last: Position | undefined,
  handler: SessionHandler,
): Promise<Session> {
  let bookmark = after;
  let batch: Commit[] = [];
  let isOver = false;
  let isFlushDue = false;
  let feed: Feed | undefined;

  function flush(): void {
    isFlushDue = false;
    if (isOver || batch.length === 0) {
      return;
    }
    const commits = batch;
    batch = [];
    try {
      handler.onCommits(commits);
    } catch (error) {
      finish({ kind: 'failed', cause: asError(error) });
    }
  }

  /** What is sound is handed on before the end is told. */
  function finish(end: SessionEnd): void {
    if (!isOver && end.kind !== 'failed') {
      flush();
    }
    if (!isOver) {
      isOver = true;
      // A feed that breaks while it is opened has no session yet to close it; it closed itself.
      feed?.close();
      handler.onEnd(end);
    }
  }

  function take(sequence: number, data: Uint8Array): void {
    const position = toPosition(sequence);
    if (sequence !== bookmark.position + 1) {
      const message = `sequence ${sequence} arrived where ${bookmark.position + 1} is due`;
      throw new LogDamageError('gap', message, { position, number: bookmark.number + 1 });
    }
    const commit = verifyCommit(data, bookmark, position, context.decodeEvent);
    bookmark = commit.bookmark;
    batch.push(commit);
  }

  function onMessage(sequence: number, data: Uint8Array, pending: number): void {
    if (isOver || (last !== undefined && sequence > last)) {
      return;
    }
    try {
      take(sequence, data);
    } catch (error) {
      const cause = error instanceof LogDamageError ? error : new LogDamageError('malformed', String(error));
      finish({ kind: 'suspect', cause });
      return;
    }
    if (pending === 0 || batch.length >= BATCH_COMMITS || sequence === last) {
      flush();
    } else if (!isFlushDue) {
      isFlushDue = true;
      setImmediate(flush);
    }
  }

  const opened = await openFeed(context, toPosition(after.position + 1), {
    onMessage,
    onBreak: (reason) => finish({ kind: 'broken', reason }),
    isFull: handler.isFull,
  });
  feed = opened;
  if (isOver) {
    opened.close();
  }
  return {
    resume: () => opened.resume(),
    close() {
      isOver = true;
      opened.close();
    },
  };
}
