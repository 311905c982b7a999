import { isCellName } from '@fleetbook/contracts';
import { type DecodeEvent, decodeLedgerEvent } from '../decode-event.ts';
import {
  type Bookmark,
  type Commit,
  type EventLog,
  LogDamageError,
  LogUnavailableError,
  type Restoration,
  type Subscription,
} from '../port.ts';
import { createAppender } from './appender.ts';
import { createAssembler } from './assembler.ts';
import { lookUpDurability } from './durability.ts';
import { endRestore, examineRestore } from './restore-mark.ts';
import { leaseClient } from './shared-client.ts';
import { createStreamReader, type StreamReader } from './stream-reader.ts';
import { follow } from './subscription.ts';

export interface EventStoreLogOptions {
  /** `esdb://` or `esdb+discover://`; the same for all logs of a process. */
  readonly connectionString: string;
  /** 1 to 32 of A-Z, a-z, 0-9, `_` and `-`. */
  readonly cell: string;
  /**
   * What is restored into it: as long as that has not ended, nobody opens the log without naming the same. Throws
   * LogUnfinishedError for another.
   */
  readonly restoration?: Restoration;
  /** Bounds one append, milliseconds. Default: 5,000. */
  readonly appendTimeoutMs?: number;
  /** How long the server may be silent while a read waits for it, milliseconds. Default: 10,000. */
  readonly readTimeoutMs?: number;
  /** Default: strict per type and schema version. */
  readonly decodeEvent?: DecodeEvent;
}

const DEFAULT_APPEND_TIMEOUT_MS = 5_000;
const DEFAULT_READ_TIMEOUT_MS = 10_000;
const BATCH_EVENTS = 1_024;

/**
 * The log of a cell in EventStoreDB: stream `fleetbook-<cell>-0001`, one record per event, one append per commit.
 * Throws LogUnavailableError if the server does not answer, LogUnfinishedError while the log is restored.
 */
export async function openEventStoreLog(options: EventStoreLogOptions): Promise<EventLog> {
  const { connectionString, cell, decodeEvent = decodeLedgerEvent } = options;
  if (!isCellName(cell)) {
    throw new TypeError(`${JSON.stringify(cell)} is no name of a cell`);
  }
  const stream = `fleetbook-${cell}-0001`;
  const lease = await leaseClient(connectionString);
  const { client } = lease;
  const reader = createStreamReader(client, stream, options.readTimeoutMs ?? DEFAULT_READ_TIMEOUT_MS);
  const append = createAppender(lease, stream, reader, options.appendTimeoutMs ?? DEFAULT_APPEND_TIMEOUT_MS);
  const subscriptions = new Set<Subscription>();
  let isClosed = false;

  function requireOpen(): void {
    if (isClosed) {
      throw new LogUnavailableError('this log is closed');
    }
  }

  let isRestored: boolean;
  try {
    const end = await reader.end();
    isRestored = await examineRestore(client, stream, options.restoration, end === 0);
  } catch (error) {
    await lease.release();
    throw error;
  }
  return {
    adapter: 'eventstoredb',
    durability: await lookUpDurability(connectionString),
    async append(expected, commit) {
      return isClosed
        ? { status: 'unknown', cause: new LogUnavailableError('this log is closed') }
        : append(expected, commit);
    },
    async *read(after) {
      requireOpen();
      yield* readCommits(reader, after, decodeEvent);
    },
    async subscribe(after, handler) {
      requireOpen();
      const subscription = follow({ client, stream, reader, decodeEvent }, after, handler);
      subscriptions.add(subscription);
      return {
        async stop() {
          subscriptions.delete(subscription);
          await subscription.stop();
        },
      };
    },
    async end() {
      requireOpen();
      return reader.end();
    },
    ...(isRestored ? { finishRestore: () => endRestore(client, stream) } : {}),
    async close() {
      isClosed = true;
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await lease.release();
    },
  };
}

/** What is sound before damage is handed on; then the damage is thrown. */
async function* readCommits(
  reader: StreamReader,
  after: Bookmark,
  decodeEvent: DecodeEvent,
): AsyncIterable<readonly Commit[]> {
  const end = await reader.endAfter(after);
  const assembler = createAssembler(after, decodeEvent);
  let batch: Commit[] = [];
  let events = 0;
  try {
    if (end > after.position) {
      for await (const record of reader.records(after.position, end - after.position)) {
        const commit = assembler.add(record);
        if (commit !== undefined) {
          batch.push(commit);
          events += commit.events.length;
        }
        if (events >= BATCH_EVENTS) {
          yield batch;
          batch = [];
          events = 0;
        }
      }
    }
  } catch (error) {
    if (batch.length > 0) {
      yield batch;
    }
    throw error;
  }
  if (batch.length > 0) {
    yield batch;
  }
  if (assembler.bookmark.position !== end) {
    const message = `the log ends with ${assembler.pending} records of a commit that has more`;
    throw new LogDamageError('gap', message, { position: end, number: assembler.bookmark.number + 1 });
  }
}
