import { type Bookmark, type Commit, LogDamageError, type Subscription, type SubscriptionHandler } from '../port.ts';
import { verifyCommit } from '../verify.ts';
import { asError } from './api.ts';
import type { JetStreamContext } from './context.ts';
import { examine } from './examine.ts';
import { Session, type SessionEnd } from './session.ts';
import { JetStreamSetupError } from './setup-error.ts';
import { inspectStream } from './stream.ts';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;

type Suspicion = Extract<SessionEnd, { readonly kind: 'suspect' }>;

/** Hands on all commits after a bookmark, session after session. */
export class Follower implements Subscription {
  readonly #context: JetStreamContext;
  readonly #handler: SubscriptionHandler;
  #bookmark: Bookmark;
  #session: Session<Commit> | undefined;
  #isStopped = false;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;

  constructor(context: JetStreamContext, after: Bookmark, handler: SubscriptionHandler) {
    this.#context = context;
    this.#bookmark = after;
    this.#handler = handler;
  }

  /** Opens a session; throws if the log is damaged or out of reach. */
  async open(): Promise<void> {
    await inspectStream(this.#context, this.#bookmark);
    if (this.#isStopped) {
      return;
    }
    this.#session = new Session(this.#context, this.#bookmark, undefined, {
      verify: (stored, after, position) => verifyCommit(stored, after, position, this.#context.decodeEvent),
      onCommit: (commit) => this.#handOn([commit]),
      onEnd: (end) => this.#onSessionEnd(end),
      isFull: () => false,
    });
    await this.#session.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    this.#session?.close();
  }

  #handOn(commits: readonly Commit[]): void {
    this.#bookmark = commits.at(-1)?.bookmark ?? this.#bookmark;
    this.#retryMs = FIRST_RETRY_MS;
    this.#handler.onCommits(commits);
  }

  #onSessionEnd(end: SessionEnd): void {
    if (end.kind === 'failed') {
      this.#end(end.cause);
    } else {
      this.#reopen(end.kind === 'suspect' ? end : undefined);
    }
  }

  #reopen(suspicion: Suspicion | undefined): void {
    this.#recover(suspicion).catch((error: unknown) => {
      if (this.#isStopped) {
        return;
      }
      if (isFinal(this.#context, error)) {
        this.#end(asError(error));
        return;
      }
      this.#retry = setTimeout(() => this.#reopen(suspicion), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    });
  }

  async #recover(suspicion: Suspicion | undefined): Promise<void> {
    const commit = suspicion && (await examine(this.#context, this.#bookmark, suspicion.cause, suspicion.server));
    if (commit !== undefined && !this.#isStopped) {
      try {
        this.#handOn([commit]);
      } catch (error) {
        this.#end(asError(error));
      }
    }
    if (!this.#isStopped) {
      await this.open();
    }
  }

  #end(cause: Error): void {
    if (!this.#isStopped) {
      void this.stop();
      this.#handler.onEnd(cause);
    }
  }
}

/** Anything else may pass: the server restarts, elects a leader, is not yet ready. */
function isFinal(context: JetStreamContext, error: unknown): boolean {
  return error instanceof LogDamageError || error instanceof JetStreamSetupError || context.isClosed();
}
