import { setTimeout as delay } from 'node:timers/promises';
import { type EventStoreDBClient, START } from '@eventstore/db-client';
import type { DecodeEvent } from '../decode-event.ts';
import { type Bookmark, LogUnavailableError, type Subscription, type SubscriptionHandler } from '../port.ts';
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

/** Hands on what follows `after` until it is stopped, over as many connections as it takes. */
export function follow(source: SubscriptionSource, after: Bookmark, handler: SubscriptionHandler): Subscription {
  const stopped = new AbortController();
  let bookmark = after;
  let disconnect = () => {};

  /** One connection: until it is lost or disconnected, or something ends the subscription. */
  async function connection(): Promise<Ending | undefined> {
    const over = Promise.withResolvers<Ending | undefined>();
    let isOver = false;
    const end = (ending?: Ending): void => {
      isOver = true;
      over.resolve(ending);
    };
    const assembler = createAssembler(bookmark, source.decodeEvent);
    const fromRevision = bookmark.position === 0 ? START : BigInt(bookmark.position - 1);
    const reading = source.client.subscribeToStream(source.stream, { fromRevision });
    reading.on('data', ({ event }) => {
      if (event === undefined || isOver) {
        return;
      }
      try {
        const commit = assembler.add(event);
        if (commit !== undefined) {
          handler.onCommits([commit]);
          bookmark = commit.bookmark;
        }
      } catch (cause) {
        end({ cause });
      }
    });
    for (const sign of ['error', 'end', 'close']) {
      reading.on(sign, () => end());
    }
    disconnect = end;
    const ending = await over.promise;
    reading.unsubscribe().catch(() => {});
    return ending;
  }

  async function once(): Promise<Ending | undefined> {
    try {
      while ((await source.reader.endAfter(bookmark)) === 0 && !stopped.signal.aborted) {
        await pause(MISSING_STREAM_POLL_MS, stopped.signal);
      }
      return stopped.signal.aborted ? undefined : await connection();
    } catch (cause) {
      return cause instanceof LogUnavailableError ? undefined : { cause };
    }
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
      disconnect();
    },
  };
}

/** Ends early, and as if nothing had happened, when it is aborted. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {});
}
