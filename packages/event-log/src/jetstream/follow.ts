import { type Bookmark, type Commit, LogDamageError, type Subscription, type SubscriptionHandler } from '../port.ts';
import { asError } from './api.ts';
import type { JetStreamContext } from './context.ts';
import { examine } from './examine.ts';
import { openSession, type Session, type SessionEnd } from './session.ts';
import { JetStreamSetupError } from './setup-error.ts';
import { inspectStream } from './stream.ts';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;

/** Hands on all commits after `after`, session after session. Rejects if the first session cannot be opened. */
export async function follow(
  context: JetStreamContext,
  after: Bookmark,
  handler: SubscriptionHandler,
): Promise<Subscription> {
  let bookmark = after;
  let session: Session | undefined;
  let isStopped = false;
  let retry: NodeJS.Timeout | undefined;
  let retryMs = FIRST_RETRY_MS;

  function stop(): void {
    isStopped = true;
    clearTimeout(retry);
    session?.close();
  }

  function end(cause: Error): void {
    if (!isStopped) {
      stop();
      handler.onEnd(cause);
    }
  }

  function handOn(commits: readonly Commit[]): void {
    bookmark = commits.at(-1)?.bookmark ?? bookmark;
    retryMs = FIRST_RETRY_MS;
    handler.onCommits(commits);
  }

  async function open(): Promise<void> {
    await inspectStream(context, bookmark);
    if (isStopped) {
      return;
    }
    const opened = await openSession(context, bookmark, undefined, { onCommits: handOn, onEnd, isFull: () => false });
    if (isStopped) {
      opened.close();
    } else {
      session = opened;
    }
  }

  function onEnd(sessionEnd: SessionEnd): void {
    if (sessionEnd.kind === 'failed') {
      end(sessionEnd.cause);
    } else {
      reopen(sessionEnd.kind === 'suspect' ? sessionEnd.cause : undefined);
    }
  }

  function reopen(suspicion: LogDamageError | undefined): void {
    recover(suspicion).catch((error: unknown) => {
      if (isStopped) {
        return;
      }
      if (isFinal(context, error)) {
        end(asError(error));
        return;
      }
      retry = setTimeout(() => reopen(suspicion), retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    });
  }

  async function recover(suspicion: LogDamageError | undefined): Promise<void> {
    const commit = suspicion && (await examine(context, bookmark, suspicion));
    if (isStopped) {
      return;
    }
    if (commit !== undefined) {
      try {
        handOn([commit]);
      } catch (error) {
        end(asError(error));
        return;
      }
    }
    await open();
  }

  await open();
  return {
    async stop() {
      stop();
    },
  };
}

/** Anything else may pass: the server restarts, elects a leader, is not yet ready. */
function isFinal(context: JetStreamContext, error: unknown): boolean {
  return error instanceof LogDamageError || error instanceof JetStreamSetupError || context.isClosed();
}
