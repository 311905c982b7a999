import type { Worker } from 'node:worker_threads';
import { type Bookmark, LogDamageError, ORIGIN, type Position } from '../port.ts';
import { readChainedCommit } from '../verify.ts';
import type { FeedSettings } from './context.ts';
import type { Arrival, Intake } from './intake.ts';
import type { DamageFacts, FromReadingThread, ToReadingThread, VerifiedBytes } from './thread-messages.ts';

/** Commits of which the thread is told at once that they have been taken: a message costs both threads a wake-up. */
const TOLD_AT_ONCE = 16;

/** A thread that receives commits and verifies their bytes beside the one that folds; it ends with its read. */
export class ReadingThread {
  readonly #worker: Worker;
  readonly #verified: VerifiedBytes[] = [];
  #isReady = false;
  #after: Bookmark | undefined;
  #untold = 0;
  #end: Arrival | undefined;
  #wake = (): void => undefined;

  /** `start`: its module calls `serveReading`. */
  constructor(start: () => Worker) {
    this.#worker = start();
    this.#worker.on('message', (message: FromReadingThread) => this.#hear(message));
    this.#worker.on('error', (error) => this.#breakOff(error.message));
    this.#worker.on('exit', () => this.#breakOff('the thread ended'));
  }

  /** It can be asked to read; never, if it could not connect. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Once. */
  read({ names, inboxPrefix, requestTimeoutMs, heartbeatMs }: FeedSettings, after: Bookmark, last: Position): Intake {
    this.#after = after;
    const settings = { names, inboxPrefix, requestTimeoutMs, heartbeatMs };
    this.#say({ kind: 'read', settings, after, last });
    return { take: () => this.#take(), close: () => undefined };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  async #take(): Promise<Arrival> {
    for (;;) {
      const verified = this.#verified.shift();
      if (verified !== undefined) {
        this.#noteTaken();
        return this.#parse(verified);
      }
      if (this.#end !== undefined) {
        return this.#end;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The bytes are what the writer wrote: what is wrong with them is so in every copy. */
  #parse({ stored, chained }: VerifiedBytes): Arrival {
    try {
      const commit = readChainedCommit(stored, this.#after ?? ORIGIN, chained);
      this.#after = chained.bookmark;
      return { kind: 'commits', commits: [commit] };
    } catch (error) {
      const cause = error instanceof LogDamageError ? error : new LogDamageError('malformed', String(error));
      return { kind: 'end', end: { kind: 'suspect', cause, server: undefined } };
    }
  }

  #noteTaken(): void {
    this.#untold += 1;
    if (this.#untold === TOLD_AT_ONCE) {
      this.#say({ kind: 'taken', count: this.#untold });
      this.#untold = 0;
    }
  }

  #say(message: ToReadingThread): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromReadingThread): void {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        return;
      case 'commits':
        this.#verified.push(...message.commits);
        this.#wake();
        return;
      case 'broken':
        this.#breakOff(message.reason);
        return;
      case 'suspect':
        this.#finish({
          kind: 'end',
          end: { kind: 'suspect', cause: damageOf(message.damage), server: message.damage.server },
        });
    }
  }

  #breakOff(reason: string): void {
    this.#finish({ kind: 'end', end: { kind: 'broken', reason } });
  }

  #finish(end: Arrival): void {
    this.#end ??= end;
    this.#wake();
  }
}

function damageOf({ kind, message, position, number }: DamageFacts): LogDamageError {
  return new LogDamageError(kind, message, {
    ...(position === undefined ? {} : { position }),
    ...(number === undefined ? {} : { number }),
  });
}
