import { type Bookmark, type Commit, LogDamageError, type Position } from '../port.ts';
import { verifyCommit } from '../verify.ts';
import { asError } from './api.ts';
import type { JetStreamContext } from './context.ts';
import { Feed } from './feed.ts';
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

const BATCH_COMMITS = 64;

/** One feed's worth of verified commits, in batches. */
export class Session {
  readonly #context: JetStreamContext;
  readonly #last: Position | undefined;
  readonly #handler: SessionHandler;
  readonly #feed: Feed;
  #bookmark: Bookmark;
  #batch: Commit[] = [];
  #isOver = false;
  #isFlushDue = false;

  /** Begins after `after` and hands on nothing beyond `last`. */
  constructor(context: JetStreamContext, after: Bookmark, last: Position | undefined, handler: SessionHandler) {
    this.#context = context;
    this.#last = last;
    this.#handler = handler;
    this.#bookmark = after;
    this.#feed = new Feed(context, {
      onMessage: (sequence, data, pending) => this.#onMessage(sequence, data, pending),
      onSkip: (sequence) => this.#onSkip(sequence),
      onBreak: (reason) => this.#finish({ kind: 'broken', reason }),
      isFull: handler.isFull,
    });
  }

  /**
   * Throws LogUnavailableError if the server makes no consumer. A session that breaks meanwhile tells its end instead:
   * told twice, it would be followed by two.
   */
  async start(): Promise<void> {
    try {
      await this.#feed.start(toPosition(this.#bookmark.position + 1));
    } catch (error) {
      if (!this.#isOver) {
        this.#isOver = true;
        throw error;
      }
    }
  }

  /** Lets the server go on after `isFull` was true. */
  resume(): void {
    this.#feed.resume();
  }

  /** No handler is called any more. */
  close(): void {
    this.#isOver = true;
    this.#feed.close();
  }

  #onMessage(sequence: number, data: Uint8Array, pending: number): void {
    if (this.#isOver || (this.#last !== undefined && sequence > this.#last)) {
      return;
    }
    try {
      this.#take(sequence, data);
    } catch (error) {
      const cause = error instanceof LogDamageError ? error : new LogDamageError('malformed', String(error));
      this.#finish({ kind: 'suspect', cause });
      return;
    }
    if (pending === 0 || this.#batch.length >= BATCH_COMMITS || sequence === this.#last) {
      this.#flush();
    } else if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      setImmediate(() => this.#flush());
    }
  }

  #onSkip(sequence: number): void {
    if (this.#last === undefined || sequence <= this.#last) {
      const facts = { position: toPosition(sequence), number: this.#bookmark.number + 1 };
      const cause = new LogDamageError('gap', `the server sent nothing for sequence ${sequence}`, facts);
      this.#finish({ kind: 'suspect', cause });
    }
  }

  #take(sequence: number, data: Uint8Array): void {
    const position = toPosition(sequence);
    const due = this.#bookmark.position + 1;
    if (sequence !== due) {
      const message = `sequence ${sequence} arrived where ${due} is due`;
      throw new LogDamageError('gap', message, { position, number: this.#bookmark.number + 1 });
    }
    const commit = verifyCommit(data, this.#bookmark, position, this.#context.decodeEvent);
    this.#bookmark = commit.bookmark;
    this.#batch.push(commit);
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (this.#isOver || this.#batch.length === 0) {
      return;
    }
    const commits = this.#batch;
    this.#batch = [];
    try {
      this.#handler.onCommits(commits);
    } catch (error) {
      this.#end({ kind: 'failed', cause: asError(error) });
    }
  }

  /** What is sound is handed on before the end is told. */
  #finish(end: SessionEnd): void {
    this.#flush();
    this.#end(end);
  }

  #end(end: SessionEnd): void {
    if (!this.#isOver) {
      this.close();
      this.#handler.onEnd(end);
    }
  }
}
