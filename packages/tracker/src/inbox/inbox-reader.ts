import { type CommandInbox, type InboxMessage, InboxUnfitError } from '@fleetbook/event-log';
import { type Logger, Nap, type Timers } from '@fleetbook/operations';

/** Messages fetched ahead: beyond it the inbox is left alone until some are taken. */
const FETCHED_AHEAD = 32;

/** Beyond it there is little room for others: what is parked keeps its place until somebody settles it. */
const MOST_TAKEN = 0.5;

export interface InboxReaderOptions {
  readonly inbox: CommandInbox;
  readonly timers: Timers;
  readonly logger: Logger;
  /** The last message that has been dealt with. */
  readonly upTo: number;
  /** Time between two looks at an inbox with nothing new in it. */
  readonly pollMs: number;
  /** Time between two tries to reach one that does not answer. */
  readonly retryMs: number;
  /** Called when there is something to take. */
  readonly onMessage: () => void;
}

/** Fetches the messages of the inbox one after the other, as far as they are taken. */
export class InboxReader {
  readonly #options: InboxReaderOptions;
  readonly #fetched: InboxMessage[] = [];
  #last: number;
  #isStopped = false;
  readonly #nap: Nap;
  #trouble: Error | undefined;
  #wasReached = false;
  #taken = 0;

  constructor(options: InboxReaderOptions) {
    this.#options = options;
    this.#nap = new Nap(options.timers);
    this.#last = options.upTo;
    void this.#run();
  }

  /** Why nothing can be read from an inbox that was there, or must not be used, or soon be put; else undefined. */
  get trouble(): string | undefined {
    const isTold = this.#wasReached || this.isUnfit;
    return isTold && this.#trouble !== undefined ? this.#trouble.message : this.#crowding;
  }

  get #crowding(): string | undefined {
    const percent = Math.floor(this.#taken * 100);
    return this.#taken > MOST_TAKEN
      ? `${percent} % of the inbox is taken: retry or discard what is parked (fleetbook inbox list)`
      : undefined;
  }

  /** Whether nothing in it can be told to be what it was. */
  get isUnfit(): boolean {
    return this.#trouble instanceof InboxUnfitError;
  }

  take(): InboxMessage | undefined {
    const message = this.#fetched.shift();
    if (message !== undefined) {
      this.#nap.wake();
    }
    return message;
  }

  stop(): void {
    this.#isStopped = true;
    this.#nap.end();
  }

  async #run(): Promise<void> {
    const { inbox, pollMs, retryMs } = this.#options;
    let isPrepared = false;
    while (!this.#isStopped) {
      try {
        if (!isPrepared) {
          this.#taken = await inbox.prepare(this.#last);
          isPrepared = true;
        }
        const isNews = this.#fetched.length < FETCHED_AHEAD && (await this.#fetch());
        this.#noteReached();
        if (!isNews) {
          // One that was made anew or has lost messages has nothing new either, until it has grown to where it was.
          isPrepared = false;
          await this.#nap.sleep(pollMs);
        }
      } catch (error) {
        this.#noteTrouble(error);
        isPrepared = false;
        await this.#nap.sleep(retryMs);
      }
    }
  }

  async #fetch(): Promise<boolean> {
    const { inbox, logger, onMessage } = this.#options;
    const message = await inbox.next(this.#last);
    if (message === undefined || this.#isStopped) {
      return false;
    }
    const { sequence } = message;
    if (sequence > this.#last + 1) {
      logger.warn('the inbox lacks messages', { after: this.#last, next: sequence });
    }
    this.#last = sequence;
    this.#fetched.push(message);
    onMessage();
    return true;
  }

  #noteReached(): void {
    this.#wasReached = true;
    if (this.#trouble !== undefined) {
      this.#trouble = undefined;
      this.#options.logger.info('the inbox can be read again');
    }
  }

  /** Said once until it can be read again. */
  #noteTrouble(error: unknown): void {
    const { logger } = this.#options;
    if (this.#trouble === undefined) {
      logger.warn('the inbox cannot be read', { err: error });
    }
    this.#trouble = error instanceof Error ? error : new Error(String(error));
  }
}
