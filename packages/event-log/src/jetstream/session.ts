import { type Bookmark, LogDamageError, type Position } from '../port.ts';
import { asPosition } from '../position.ts';
import { asError } from './api.ts';
import type { FeedContext } from './context.ts';
import { Feed } from './feed.ts';

export type SessionEnd =
  /** The feed failed; nothing is said about the log. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** What arrived is not the next sound commit; what the leader has there decides. */
  | { readonly kind: 'suspect'; readonly cause: LogDamageError; readonly server: string | undefined }
  /** `onCommit` threw. */
  | { readonly kind: 'failed'; readonly cause: Error };

/** What a session makes of the bytes of a commit. */
interface Verified {
  readonly bookmark: Bookmark;
}

export interface SessionHandler<Result extends Verified> {
  /** Throws LogDamageError unless the bytes are the sound commit after `after`. */
  readonly verify: (stored: Uint8Array, after: Bookmark, position: Position) => Result;
  /** With the bytes it was verified from. */
  readonly onCommit: (commit: Result, stored: Uint8Array) => void;
  /** Called once, not after `close`. */
  readonly onEnd: (end: SessionEnd) => void;
  readonly isFull: () => boolean;
}

interface Arrival {
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** So long commits are verified and handed on before other work of the process, such as answers, gets its turn. */
const TURN_MS = 1;

/** Messages that wait for their turn before the server is asked to pause. */
const FULL_AT_MESSAGES = 64;

/** One feed's worth of verified commits. */
export class Session<Result extends Verified> {
  readonly #last: Position | undefined;
  readonly #handler: SessionHandler<Result>;
  readonly #feed: Feed;
  #bookmark: Bookmark;
  readonly #arrived: Arrival[] = [];
  /** Why nothing more arrives; told after what has arrived. */
  #ending: (() => SessionEnd) | undefined;
  #isOver = false;
  #isTurnDue = false;

  /** Begins after `after` and hands on nothing beyond `last`. */
  constructor(context: FeedContext, after: Bookmark, last: Position | undefined, handler: SessionHandler<Result>) {
    this.#last = last;
    this.#handler = handler;
    this.#bookmark = after;
    this.#feed = new Feed(context, {
      onMessage: (sequence, data) => this.#onMessage(sequence, data),
      onSkip: (sequence) => this.#onSkip(sequence),
      onBreak: (reason) => this.#finish(() => ({ kind: 'broken', reason })),
      isFull: () => this.#arrived.length >= FULL_AT_MESSAGES || handler.isFull(),
    });
  }

  /**
   * Throws LogUnavailableError if the server makes no consumer. A session that breaks meanwhile tells its end instead:
   * told twice, it would be followed by two.
   */
  async start(): Promise<void> {
    try {
      await this.#feed.start(asPosition(this.#bookmark.position + 1));
    } catch (error) {
      if (!this.#isOver && this.#ending === undefined) {
        this.#isOver = true;
        throw error;
      }
    }
  }

  /** Goes on after `isFull` was true, and lets the server go on. */
  resume(): void {
    if (this.#arrived.length > 0) {
      this.#scheduleTurn();
    }
    this.#feed.resume();
  }

  /** No handler is called any more. */
  close(): void {
    this.#isOver = true;
    this.#feed.close();
  }

  #onMessage(sequence: number, data: Uint8Array): void {
    if (!this.#isOver && this.#ending === undefined && this.#isWanted(sequence)) {
      this.#arrived.push({ sequence, data });
      this.#scheduleTurn();
    }
  }

  #onSkip(sequence: number): void {
    if (this.#isWanted(sequence)) {
      this.#finish(() => {
        const facts = { position: asPosition(sequence), number: this.#bookmark.number + 1 };
        const cause = new LogDamageError('gap', `the server sent nothing for sequence ${sequence}`, facts);
        return { kind: 'suspect', cause, server: this.#feed.server };
      });
    }
  }

  #isWanted(sequence: number): boolean {
    return this.#last === undefined || sequence <= this.#last;
  }

  #scheduleTurn(): void {
    if (!this.#isTurnDue) {
      this.#isTurnDue = true;
      setImmediate(() => this.#takeTurn());
    }
  }

  #takeTurn(): void {
    this.#isTurnDue = false;
    const endMs = performance.now() + TURN_MS;
    while (!this.#isOver && !this.#handler.isFull() && performance.now() < endMs) {
      const arrival = this.#arrived.shift();
      if (arrival === undefined) {
        break;
      }
      this.#handOn(arrival);
    }
    if (this.#isOver) {
      return;
    }
    if (this.#arrived.length === 0 && this.#ending !== undefined) {
      this.#end(this.#ending());
    } else if (!this.#handler.isFull()) {
      this.resume();
    }
  }

  #handOn({ sequence, data }: Arrival): void {
    let commit: Result;
    try {
      commit = this.#verify(sequence, data);
    } catch (error) {
      const cause = error instanceof LogDamageError ? error : new LogDamageError('malformed', String(error));
      this.#end({ kind: 'suspect', cause, server: this.#feed.server });
      return;
    }
    this.#bookmark = commit.bookmark;
    try {
      this.#handler.onCommit(commit, data);
    } catch (error) {
      this.#end({ kind: 'failed', cause: asError(error) });
    }
  }

  #verify(sequence: number, data: Uint8Array): Result {
    const position = asPosition(sequence);
    const due = this.#bookmark.position + 1;
    if (sequence !== due) {
      const message = `sequence ${sequence} arrived where ${due} is due`;
      throw new LogDamageError('gap', message, { position, number: this.#bookmark.number + 1 });
    }
    return this.#handler.verify(data, this.#bookmark, position);
  }

  /** What has arrived soundly is handed on before the end is told. */
  #finish(ending: () => SessionEnd): void {
    this.#ending ??= ending;
    if (this.#arrived.length === 0) {
      this.#end(this.#ending());
    }
  }

  #end(end: SessionEnd): void {
    if (!this.#isOver) {
      this.close();
      this.#handler.onEnd(end);
    }
  }
}
