import {
  BACKWARDS,
  END,
  type EventStoreDBClient,
  FORWARDS,
  type ReadStreamOptions,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { type Bookmark, LogDamageError, LogUnavailableError, type Position } from '../port.ts';
import { asPosition } from '../position.ts';
import { type ReadRecord, readRecord } from './record.ts';
import { errorType } from './unavailable.ts';

/** Reads one stream; every failure but a missing stream is a LogUnavailableError. */
export interface StreamReader {
  /** At most `count` records from the one at `position` on; none beyond the end or in a missing stream. */
  records(position: Position, count: number): AsyncIterable<ReadRecord>;
  recordAt(position: Position): Promise<ReadRecord | undefined>;
  /** The end of the stream, asked from its leader: 0 for a missing stream. */
  end(): Promise<Position>;
  /**
   * The end of the stream, if what a bookmark names still stands in its place.
   * Throws LogDamageError 'went-back' or 'chain' otherwise.
   */
  endAfter(bookmark: Bookmark): Promise<Position>;
}

/** @param silenceMs how long the server may send nothing while a read waits for it. */
export function createStreamReader(client: EventStoreDBClient, stream: string, silenceMs: number): StreamReader {
  function read(options: ReadStreamOptions): AsyncIterable<ReadRecord> {
    return readRecords(client, stream, options, silenceMs);
  }

  async function lastRecord(): Promise<ReadRecord | undefined> {
    return first(read({ direction: BACKWARDS, fromRevision: END, maxCount: 1, requiresLeader: true }));
  }

  async function recordAt(position: Position): Promise<ReadRecord | undefined> {
    const options = { direction: FORWARDS, fromRevision: BigInt(position), maxCount: 1, requiresLeader: true } as const;
    return first(read(options));
  }

  return {
    records: (position, count) => read({ direction: FORWARDS, fromRevision: BigInt(position), maxCount: count }),
    recordAt,
    end: async () => positionAfter(await lastRecord()),
    async endAfter(bookmark) {
      const last = await lastRecord();
      const end = positionAfter(last);
      if (end < bookmark.position) {
        const message = `the log ends at position ${end}, before ${bookmark.position}, which has been read`;
        throw new LogDamageError('went-back', message, { position: end, number: bookmark.number });
      }
      if (bookmark.position > 0) {
        const isLast = end === bookmark.position;
        checkBookmark(isLast ? last : await recordAt(asPosition(bookmark.position - 1)), bookmark);
      }
      return end;
    },
  };
}

async function first(records: AsyncIterable<ReadRecord>): Promise<ReadRecord | undefined> {
  let found: ReadRecord | undefined;
  for await (const record of records) {
    found ??= record;
  }
  return found;
}

function positionAfter(record: ReadRecord | undefined): Position {
  return asPosition(record === undefined ? 0 : Number(record.revision) + 1);
}

function checkBookmark(raw: ReadRecord | undefined, bookmark: Bookmark): void {
  const record = raw === undefined ? undefined : readRecord(raw);
  if (record?.hash !== bookmark.hash) {
    const found = record === undefined ? 'nothing' : `commit ${record.hash}`;
    const message = `${found} stands before position ${bookmark.position}, where ${bookmark.hash} was read before`;
    throw new LogDamageError('chain', message, { position: bookmark.position, number: bookmark.number });
  }
}

/**
 * The client notices only at the next call that its connection was lost, and then makes a new one: a read that
 * fails before its first record is tried once more.
 */
async function* readRecords(...attempt: Parameters<typeof readOnce>): AsyncIterable<ReadRecord> {
  let hasBegun = false;
  try {
    for await (const record of readOnce(...attempt)) {
      hasBegun = true;
      yield record;
    }
  } catch (error) {
    if (hasBegun || !isConnectionLost(error)) {
      throw error;
    }
    yield* readOnce(...attempt);
  }
}

async function* readOnce(
  client: EventStoreDBClient,
  stream: string,
  options: ReadStreamOptions,
  silenceMs: number,
): AsyncIterable<ReadRecord> {
  const reading = client.readStream(stream, options);
  // An error that comes after the loop has ended has nobody else to go to, and would end the process.
  reading.on('error', () => {});
  let isWaiting = true;
  const silence = setTimeout(() => {
    if (isWaiting) {
      reading.destroy(new LogUnavailableError(`the server sent nothing for ${silenceMs} ms`));
    } else {
      silence.refresh();
    }
  }, silenceMs);
  try {
    const resolvedEvents: AsyncIterable<ResolvedEvent> = reading.iterator({ destroyOnReturn: false });
    for await (const { event } of resolvedEvents) {
      if (event !== undefined) {
        isWaiting = false;
        yield event;
        isWaiting = true;
        silence.refresh();
      }
    }
  } catch (error) {
    if (!isMissing(error)) {
      throw error instanceof LogUnavailableError ? error : unreachable(error);
    }
  } finally {
    clearTimeout(silence);
    // The client waits at its disposal for every stream that has been neither cancelled nor read to its end.
    reading.cancel().catch(() => {});
    reading.resume();
  }
}

function isMissing(error: unknown): boolean {
  const type = errorType(error);
  return type === 'stream-not-found' || type === 'stream-deleted';
}

/** Not so a server that was silent: asking it again would double the time-out. */
function isConnectionLost(error: unknown): boolean {
  return error instanceof LogUnavailableError && errorType(error.cause) === 'unavailable';
}

function unreachable(error: unknown): LogUnavailableError {
  return new LogUnavailableError('EventStoreDB cannot be read', { cause: error });
}
