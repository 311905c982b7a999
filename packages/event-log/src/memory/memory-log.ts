import { verifyBookmark } from '../chain.ts';
import { type DecodeEvent, decodeLedgerEvent } from '../decode-event.ts';
import {
  type AppendResult,
  type Bookmark,
  type Commit,
  type EncodedCommit,
  type EventLog,
  LogDamageError,
  LogUnavailableError,
  type Position,
} from '../port.ts';
import { asPosition } from '../position.ts';
import { verifyCommit } from '../verify.ts';
import { type AppendFaults, createAppendFaultGate } from './append-faults.ts';
import {
  bytesAt,
  createMemoryStore,
  endOf,
  type MemoryStore,
  type StoreFaults,
  storeFaults,
  write,
} from './memory-store.ts';
import { followStore } from './memory-subscription.ts';

export interface MemoryLogOptions {
  /** Default: a new, empty one. Pass one store to several logs to connect them to the same log. */
  readonly store?: MemoryStore;
  /** Default: strict per type and schema version. */
  readonly decodeEvent?: DecodeEvent;
  /** Runs a delivery later, never at once. Default: setImmediate; a simulation passes its own. */
  readonly schedule?: (task: () => void) => void;
}

/** An event log in this process, with faults for tests. It is as durable as the process. */
export interface MemoryLog extends EventLog {
  readonly adapter: 'memory';
  readonly store: MemoryStore;
  /** Of this connection. */
  readonly appendFaults: AppendFaults;
  /** Of the store, seen by all connections. */
  readonly storeFaults: StoreFaults;
  /** While true, this connection alone neither appends nor reads. */
  setCutOff(isCutOff: boolean): void;
}

const BATCH_COMMITS = 64;

export function createMemoryLog(options: MemoryLogOptions = {}): MemoryLog {
  const store = options.store ?? createMemoryStore();
  const decodeEvent = options.decodeEvent ?? decodeLedgerEvent;
  const schedule = options.schedule ?? ((task) => void setImmediate(task));
  const gate = createAppendFaultGate();
  const stops = new Set<() => void>();
  let isClosed = false;
  let isCutOff = false;

  const requireConnection = (): void => requireReachable(store, isClosed, isCutOff);

  async function* read(after: Bookmark): AsyncIterable<readonly Commit[]> {
    requireConnection();
    const end = endOf(store);
    let bookmark = checkBookmark(store, after);
    while (bookmark.position < end) {
      requireConnection();
      const batch = nextBatch(store, bookmark, decodeEvent);
      if (batch.length === 0) {
        checkBookmark(store, bookmark);
        return;
      }
      bookmark = batch.at(-1)?.bookmark ?? bookmark;
      yield batch;
    }
  }

  return {
    adapter: 'memory',
    durability: 'unverified',
    store,
    appendFaults: gate,
    storeFaults: storeFaults(store),
    setCutOff(isCutOffNow) {
      isCutOff = isCutOffNow;
    },
    append: (expected, commit) => gate.pass(() => appendTo(store, isClosed || isCutOff, expected, commit)),
    read,
    async subscribe(after, handler) {
      requireConnection();
      let bookmark = checkBookmark(store, after);
      const stop = followStore(store, schedule, handler, () => {
        checkBookmark(store, bookmark);
        const batch = nextBatch(store, bookmark, decodeEvent);
        bookmark = batch.at(-1)?.bookmark ?? bookmark;
        return batch;
      });
      stops.add(stop);
      return {
        async stop() {
          stops.delete(stop);
          stop();
        },
      };
    },
    async end() {
      requireConnection();
      return endOf(store);
    },
    async close() {
      isClosed = true;
      for (const stop of stops) {
        stop();
      }
    },
  };
}

function requireReachable(store: MemoryStore, isClosed: boolean, isCutOff: boolean): void {
  if (isClosed || isCutOff || !store.isAvailable) {
    throw new LogUnavailableError(isClosed ? 'this log is closed' : 'the memory log is set unavailable');
  }
}

function appendTo(store: MemoryStore, isGone: boolean, expected: Position, commit: EncodedCommit): AppendResult {
  if (isGone || !store.isAvailable) {
    return { status: 'unknown', cause: new LogUnavailableError('the memory log cannot be reached') };
  }
  const end = endOf(store);
  if (end < expected) {
    return { status: 'went-back', end };
  }
  const position = asPosition(expected + 1);
  if (end === expected) {
    write(store, commit);
    return { status: 'appended', position };
  }
  const isMine = store.commits[position - 1]?.commitId === commit.commitId;
  return isMine ? { status: 'appended', position } : { status: 'conflict' };
}

/** A reader's bookmark must still be in the log, or commits it has seen are gone. */
function checkBookmark(store: MemoryStore, after: Bookmark): Bookmark {
  const end = endOf(store);
  if (end < after.position) {
    const message = `the log ends at position ${end}, before ${after.position}, which has been read`;
    throw new LogDamageError('went-back', message, { position: end, number: after.number });
  }
  if (after.position > 0) {
    verifyBookmark(bytesAt(store, after.position), after);
  }
  return after;
}

/** What is sound before a damaged commit is handed on; the next call then throws. */
function nextBatch(store: MemoryStore, after: Bookmark, decodeEvent: DecodeEvent): readonly Commit[] {
  const batch: Commit[] = [];
  let bookmark = after;
  const last = Math.min(endOf(store), after.position + BATCH_COMMITS);
  try {
    while (bookmark.position < last) {
      const position = asPosition(bookmark.position + 1);
      const commit = verifyCommit(bytesAt(store, position), bookmark, position, decodeEvent);
      batch.push(commit);
      bookmark = commit.bookmark;
    }
  } catch (error) {
    if (batch.length === 0) {
      throw error;
    }
  }
  return batch;
}
