import { setTimeout as delay } from 'node:timers/promises';
import { type EventStoreDBClient, START } from '@eventstore/db-client';
import type { DecodeEvent } from '../decode-event.ts';
import {
  type Bookmark,
  type Commit,
  LogUnavailableError,
  type Subscription,
  type SubscriptionHandler,
} from '../port.ts';
import { createAssembler } from './assembler.ts';
import type { StreamReader } from './stream-reader.ts';
import { asError } from './unavailable.ts';

export interface SubscriptionSource {
  readonly client: EventStoreDBClient;
  readonly stream: string;
  readonly reader: StreamReader;
  readonly decodeEvent: DecodeEvent;
}

/** Why a subscription ends, as opposed to a connection that is lost. */
interface Ending {
  readonly cause: unknown;
}

/** How often a reader looks whether the stream exists: a subscription to a missing one tells nothing. */
const MISSING_STREAM_POLL_MS = 100;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;

interface Connection {
  /** Resolves once nothing more comes: with an ending, or without one when the connection was lost or closed. */
  readonly over: Promise<Ending | undefined>;
  close(): void;
}

/** Hands on what follows `after` until it is stopped, over as many connections as it takes. */
export function follow(source: SubscriptionSource, after: Bookmark, handler: SubscriptionHandler): Subscription {
  const stopped = new AbortController();
  let bookmark = after;
  let connection: Connection | undefined;

  function handOn(commit: Commit): void {
    handler.onCommits([commit]);
    bookmark = commit.bookmark;
  }

  async function once(): Promise<Ending | undefined> {
    try {
      while ((await source.reader.endAfter(bookmark)) === 0 && !stopped.signal.aborted) {
        await pause(MISSING_STREAM_POLL_MS, stopped.signal);
      }
    } catch (cause) {
      return cause instanceof LogUnavailableError ? undefined : { cause };
    }
    if (stopped.signal.aborted) {
      return undefined;
    }
    connection = connect(source, bookmark, handOn);
    return connection.over;
  }

  async function run(): Promise<void> {
    let retryMs = 0;
    while (!stopped.signal.aborted) {
      const before = bookmark;
      const ending = await once();
      if (ending !== undefined && !stopped.signal.aborted) {
        handler.onEnd(asError(ending.cause));
        return;
      }
      const isIdle = bookmark === before;
      retryMs = isIdle ? Math.min(Math.max(2 * retryMs, FIRST_RETRY_MS), LONGEST_RETRY_MS) : FIRST_RETRY_MS;
      await pause(retryMs, stopped.signal);
    }
  }

  void run();
  return {
    async stop() {
      stopped.abort();
      connection?.close();
    },
  };
}

function connect(source: SubscriptionSource, after: Bookmark, handOn: (commit: Commit) => void): Connection {
  const { promise: over, resolve } = Promise.withResolvers<Ending | undefined>();
  const assembler = createAssembler(after, source.decodeEvent);
  const fromRevision = after.position === 0 ? START : BigInt(after.position - 1);
  const reading = source.client.subscribeToStream(source.stream, { fromRevision });
  let isOver = false;

  function close(ending?: Ending): void {
    if (!isOver) {
      isOver = true;
      resolve(ending);
      reading.unsubscribe().catch(() => {});
    }
  }

  reading.on('data', ({ event }) => {
    try {
      const commit = event === undefined || isOver ? undefined : assembler.add(event);
      if (commit !== undefined) {
        handOn(commit);
      }
    } catch (cause) {
      close({ cause });
    }
  });
  for (const sign of ['error', 'end', 'close']) {
    reading.on(sign, () => close());
  }
  return { over, close };
}

/** Ends early, and as if nothing had happened, when it is aborted. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {});
}
