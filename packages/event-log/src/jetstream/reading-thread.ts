import type { Worker } from 'node:worker_threads';
import { type Bookmark, LogDamageError, type Position } from '../port.ts';
import { readVerifiedCommit } from '../verify.ts';
import type { Arrival, Intake } from './intake.ts';
import type { DamageFacts, FromReadingThread, ToReadingThread, VerifiedBytes } from './thread-messages.ts';

/** Commits of which the thread is told at once that they have been taken: a message costs both threads a wake-up. */
const TOLD_AT_ONCE = 16;

/** A thread that receives and verifies beside the one that folds; it ends with the read that it is for. */
export class ReadingThread {
  readonly #worker: Worker;
  readonly #verified: VerifiedBytes[] = [];
  #isReady = false;
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
  read(after: Bookmark, last: Position): Intake {
    this.#say({ kind: 'read', after, last });
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
        return { kind: 'commits', commits: [readVerifiedCommit(verified.stored, verified.bookmark)] };
      }
      if (this.#end !== undefined) {
        return this.#end;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
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
