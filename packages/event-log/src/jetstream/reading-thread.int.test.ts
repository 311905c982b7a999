import { Worker } from 'node:worker_threads';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../contract/recorder.ts';
import { appendAll, createSampleWriter } from '../contract/sample-commits.ts';
import { decodeLedgerEvent } from '../decode-event.ts';
import { type Commit, type EncodedCommit, type EventLog, LogUnavailableError, ORIGIN } from '../port.ts';
import { asPosition } from '../position.ts';
import type { JetStreamLogOptions } from './context.ts';
import { openJetStreamLog } from './jetstream-log.ts';
import { startTestServer, type TestServer } from './testing/nats-server.ts';
import type { FromReadingThread } from './thread-messages.ts';

/** Enough for a thread to be worth its start. */
const COMMITS = 300;

let server: TestServer;
let connection: NatsConnection;

beforeAll(async () => {
  server = await startTestServer({ syncInterval: '10s' });
  connection = await server.connect();
  await fill('whole', COMMITS);
});

afterAll(async () => {
  await server.dispose();
});

describe('a read by a thread of its own', () => {
  it('gives what a read without one gives', async () => {
    const threads = countThreads('whole');
    const log = await open('whole', { startReadingThread: threads.start });
    const { commits } = await readWithThread(log, threads);
    expect(commits).toEqual(await readAll(await open('whole'), ORIGIN));
    expect(commits).toHaveLength(COMMITS);
    expect(threads.commits).toBeGreaterThan(0);
  });

  it.each([
    { damage: 'an event number out of order', kind: 'gap', change: { number: 7 } },
    { damage: 'half a decision', kind: 'malformed', change: { count: 2 } },
    { damage: 'an event of a newer schema version', kind: 'too-new', change: { schemaVersion: 99 } },
  ])('hands on what is sound and stops at $damage', async ({ kind, change }) => {
    const cell = `damaged-${kind}`;
    const { log: writing, writer, end } = await fill(cell, COMMITS);
    const broken = writer.broken((event) => Object.assign({}, event, change));
    await appendAll(writing, [broken], end);
    const threads = countThreads(cell);
    const { commits, failure } = await readWithThread(await open(cell, { startReadingThread: threads.start }), threads);
    expect(commits).toHaveLength(COMMITS);
    expect(failure).toMatchObject({ name: 'LogDamageError', kind, position: COMMITS + 1 });
  });

  it('finds a byte that was altered', async () => {
    const { log: writing, writer, end } = await fill('altered', COMMITS);
    await appendAll(writing, [altered(writer.next())], end);
    const threads = countThreads('altered');
    const log = await open('altered', { startReadingThread: threads.start });
    const { commits, failure } = await readWithThread(log, threads);
    expect(commits).toHaveLength(COMMITS);
    expect(failure).toMatchObject({ name: 'LogDamageError', kind: 'chain' });
  });

  it('can be taken up again after the thread has ended in the middle', async () => {
    const threads = countThreads('whole');
    const log = await open('whole', { startReadingThread: threads.start });
    const { commits, failure } = await readWithThread(log, threads, () => threads.last?.terminate());
    expect(failure).toBeInstanceOf(LogUnavailableError);
    const rest = await readAll(log, commits.at(-1)?.bookmark ?? ORIGIN);
    expect([...commits, ...rest]).toEqual(await readAll(await open('whole'), ORIGIN));
  });

  it('goes on without a thread that cannot begin', async () => {
    const log = await open('whole', { startReadingThread: () => new Worker('throw new Error("no")', { eval: true }) });
    expect(await readAll(log, ORIGIN)).toHaveLength(COMMITS);
  });

  it('leaves no thread behind when it is given up', async () => {
    const threads = countThreads('whole');
    const log = await open('whole', { startReadingThread: threads.start });
    for await (const _ of log.read(ORIGIN)) {
      break;
    }
    expect(threads.last?.threadId).toBe(-1);
  });

  it.each([
    { read: 'a short read', position: COMMITS - 200, options: {} },
    { read: 'a decoder of the caller', position: 0, options: { decodeEvent: decodeLedgerEvent } },
  ])('is not begun for $read', async ({ position, options }) => {
    const threads = countThreads('whole');
    const all = await readAll(await open('whole'), ORIGIN);
    const log = await open('whole', { startReadingThread: threads.start, ...options });
    await readAll(log, all.find(({ bookmark }) => bookmark.position === asPosition(position))?.bookmark ?? ORIGIN);
    expect(threads.last).toBeUndefined();
  });

  it('is not begun for a reader that needs a few events, however much follows them', async () => {
    const threads = countThreads('whole');
    const log = await open('whole', { startReadingThread: threads.start });
    for await (const [first] of log.read(ORIGIN, 1)) {
      expect(first?.firstNumber).toBe(1);
      break;
    }
    expect(threads.last).toBeUndefined();
  });
});

function open(cell: string, options: Partial<JetStreamLogOptions> = {}): Promise<EventLog> {
  return openJetStreamLog({ connection, cell, create: true, appendTimeoutMs: 2_000, ...options });
}

async function fill(cell: string, count: number) {
  const log = await open(cell);
  const writer = createSampleWriter();
  const bookmarks = await appendAll(
    log,
    Array.from({ length: count }, () => writer.next()),
  );
  return { log, writer, end: bookmarks.at(-1) };
}

interface Threads {
  readonly start: () => Worker;
  readonly last: Worker | undefined;
  /** Resolves once a thread can be asked to read. */
  readonly ready: Promise<void>;
  /** That threads have given so far. */
  readonly commits: number;
}

function countThreads(cell: string): Threads {
  const ready = Promise.withResolvers<void>();
  let last: Worker | undefined;
  let commits = 0;
  return {
    start() {
      const servers = connection.getServer();
      last = new Worker(new URL('./testing/reading-thread.ts', import.meta.url), { workerData: { servers, cell } });
      last.on('message', (message: FromReadingThread) => {
        if (message.kind === 'ready') {
          ready.resolve();
        } else if (message.kind === 'commits') {
          commits += message.commits.length;
        }
      });
      return last;
    },
    get last() {
      return last;
    },
    ready: ready.promise,
    get commits() {
      return commits;
    },
  };
}

/** Reads to the end or a failure; the first commits by itself, the rest once the thread is ready. */
async function readWithThread(
  log: EventLog,
  threads: Threads,
  onSwitched: () => unknown = () => undefined,
): Promise<{ readonly commits: readonly Commit[]; readonly failure: unknown }> {
  const commits: Commit[] = [];
  try {
    for await (const batch of log.read(ORIGIN)) {
      commits.push(...batch);
      await threads.ready;
      if (threads.commits > 0) {
        await onSwitched();
      }
    }
  } catch (failure) {
    return { commits, failure };
  }
  return { commits, failure: undefined };
}

function altered(commit: EncodedCommit): EncodedCommit {
  return { ...commit, bytes: Buffer.from(commit.bytes.toString().replace('"reason":"L', '"reason":"l')) };
}
