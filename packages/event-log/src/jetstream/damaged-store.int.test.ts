import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAll, readUntilFailure, record } from '../contract/recorder.ts';
import { appendAll, createSampleWriter } from '../contract/sample-commits.ts';
import { type Bookmark, type Commit, type EncodedCommit, type EventLog, ORIGIN } from '../port.ts';
import { openJetStreamLog } from './jetstream-log.ts';
import { startTestServer, type TestServer } from './testing/nats-server.ts';

const COMMITS = 60;

interface Filled {
  readonly log: EventLog;
  readonly commits: readonly EncodedCommit[];
  readonly bookmarks: readonly Bookmark[];
  readonly last: Bookmark;
  readonly next: EncodedCommit;
}

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(async () => {
  await server.dispose();
});

const PLACES = [
  { place: 'the first commit', ordinal: 0 },
  { place: 'a commit in the middle', ordinal: COMMITS / 2 },
  { place: 'the last commit', ordinal: COMMITS - 1 },
];

/** The server truncates its store at the damage when it starts, and says nothing. */
describe.each(PLACES)('one byte flipped in $place in the store of a killed server', ({ ordinal }) => {
  it('is found out by a reader that has read the log before', async () => {
    const { commits, last } = await fill();
    await damage('SIGKILL', commits[ordinal]);
    const reader = await open();
    expect((await readUntilFailure(reader, last)).failure).toMatchObject({ kind: 'went-back', number: last.number });
    expectSound((await readUntilFailure(reader, ORIGIN)).commits, commits, ordinal);
  });

  it('ends a subscription that lived through it', async () => {
    const { log, commits } = await fill();
    const recorder = await record(log, ORIGIN);
    await recorder.received(COMMITS);
    await damage('SIGKILL', commits[ordinal]);
    expect(await recorder.ended).toMatchObject({ name: 'LogDamageError', kind: 'went-back' });
  });

  it('lets no writer go on that has folded the whole log', async () => {
    const { log, commits, last, next } = await fill();
    await damage('SIGKILL', commits[ordinal]);
    expect(await appendUntilAnswered(log, last, next)).toMatchObject({ status: 'went-back' });
  });
});

/** The server trusts its index, and sends everything but the damaged message. */
describe.each(PLACES)('one byte flipped in $place in the store of a server stopped cleanly', ({ ordinal }) => {
  it('is found out by every reader that comes by', async () => {
    const { commits } = await fill();
    await damage('SIGTERM', commits[ordinal]);
    const { commits: read, failure } = await readUntilFailure(await open(), ORIGIN);
    expect(failure).toMatchObject({ name: 'LogDamageError', kind: 'gap' });
    expectSound(read, commits, ordinal);
  });

  it('ends the doubt of a writer that repeats it', async () => {
    const { log, commits, bookmarks } = await fill();
    await damage('SIGTERM', commits[ordinal]);
    const [commit, after] = [commits[ordinal], bookmarks[ordinal - 1] ?? ORIGIN];
    if (commit === undefined) {
      throw new Error('no such commit');
    }
    await expect(appendUntilAnswered(log, after, commit)).rejects.toMatchObject({
      name: 'LogDamageError',
      kind: 'gap',
    });
  });

  it('ends a subscription that comes by', async () => {
    const { commits } = await fill();
    await damage('SIGTERM', commits[ordinal]);
    const recorder = await record(await open(), ORIGIN);
    expect(await recorder.ended).toMatchObject({ name: 'LogDamageError', kind: 'gap' });
    expectSound(recorder.commits, commits, ordinal);
  });
});

it('a store without damage comes back whole after a kill', async () => {
  const { commits } = await fill();
  await server.stop('SIGKILL');
  await server.start();
  expect((await readAll(await open(), ORIGIN)).map((commit) => commit.text)).toEqual(
    commits.map((commit) => commit.bytes.toString()),
  );
});

function expectSound(read: readonly Commit[], commits: readonly EncodedCommit[], count: number): void {
  expect(read.map((commit) => commit.text)).toEqual(commits.slice(0, count).map((commit) => commit.bytes.toString()));
}

async function open(): Promise<EventLog> {
  const times = { appendTimeoutMs: 1000, requestTimeoutMs: 1000, heartbeatMs: 200 };
  return openJetStreamLog({ connection: await server.connect(), cell: 'main', create: true, ...times });
}

async function fill(): Promise<Filled> {
  const log = await open();
  const writer = createSampleWriter();
  const commits = Array.from({ length: COMMITS }, () => writer.next());
  const bookmarks = await appendAll(log, commits);
  return { log, commits, bookmarks, last: bookmarks.at(-1) ?? ORIGIN, next: writer.next() };
}

async function appendUntilAnswered(log: EventLog, after: Bookmark, commit: EncodedCommit): Promise<unknown> {
  for (;;) {
    const result = await log.append(after.position, commit);
    if (result.status !== 'unknown') {
      return result;
    }
  }
}

async function damage(signal: 'SIGKILL' | 'SIGTERM', commit: EncodedCommit | undefined): Promise<void> {
  await server.stop(signal);
  const block = join(server.storeDirectory, 'jetstream/$G/streams/FLEETBOOK_main_0001/msgs/1.blk');
  const bytes = readFileSync(block);
  const offset = bytes.indexOf(commit?.eventTexts[0] ?? 'none');
  expect(offset).toBeGreaterThan(0);
  bytes.writeUInt8(bytes.readUInt8(offset + 20) ^ 4, offset + 20);
  writeFileSync(block, bytes);
  await server.start();
}
