import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readUntilFailure, record } from '../contract/recorder.ts';
import { appendAll, appendOne, createSampleWriter } from '../contract/sample-commits.ts';
import { type Bookmark, type EncodedCommit, type EventLog, ORIGIN } from '../port.ts';
import { openEventStoreLog } from './event-store-log.ts';
import { recordId } from './record.ts';
import { startStandIn } from './testing/stand-in/stand-in.ts';
import type { StoredEvent } from './testing/stand-in/streams.ts';

const standIn = await startStandIn();
const connectionString = `esdb://127.0.0.1:${standIn.port}?tls=false`;

let cells = 0;
let stream: string;
let log: EventLog;

beforeEach(async () => {
  cells += 1;
  stream = `fleetbook-faults-${cells}-0001`;
  log = await openEventStoreLog({ connectionString, cell: `faults-${cells}`, appendTimeoutMs: 500 });
  return () => log.close();
});

afterAll(() => standIn.stop());

describe('event log: stand-in for EventStoreDB, with faults', () => {
  it.each(['fails-before-write', 'fails-after-write', 'hangs-after-write'] as const)(
    'an append that %s is unknown, and the identical append settles it',
    async (fault) => {
      const writer = createSampleWriter();
      const first = await appendOne(log, writer.next());
      const commit = writer.next();
      standIn.failNextAppend(fault);
      expect(await log.append(first.position, commit)).toMatchObject({ status: 'unknown', cause: expect.any(Error) });
      expect(await log.append(first.position, commit)).toEqual({ status: 'appended', position: 5 });
      expect(standIn.streams.events(stream)).toHaveLength(5);
    },
  );

  it('an append that is refused for its size is refused for good, and nothing of it is stored', async () => {
    standIn.failNextAppend('is-too-large');
    const refused = expect.objectContaining({
      name: 'LogRefusedError',
      message: expect.stringContaining('MaxAppendSize'),
    });
    await expect(log.append(ORIGIN.position, createSampleWriter().next())).rejects.toEqual(refused);
    expect(standIn.streams.events(stream)).toHaveLength(0);
  });

  it('an append finds its own commit when the server says that its place is taken', async () => {
    const [, commits] = await storeThree();
    const events = standIn.streams.events(stream);
    standIn.streams.replace(
      stream,
      events.map((event, index) => (index === 1 ? { ...event, id: recordId('another', 1) } : event)),
    );
    expect(await log.append(ORIGIN.position, commits[0])).toEqual({ status: 'appended', position: 2 });
  });

  it('an append to a log that lost its end stores nothing', async () => {
    const [bookmarks, , writer] = await storeThree();
    standIn.streams.replace(stream, standIn.streams.events(stream).slice(0, 5));
    expect(await log.append(bookmarks[2].position, writer.next())).toEqual({ status: 'went-back', end: 5 });
    expect(standIn.streams.events(stream)).toHaveLength(5);
  });

  it.each([
    {
      title: 'an altered byte',
      kind: 'chain',
      change: (event: StoredEvent) => altered(event, 'data', /Lüfter/, 'Lufter'),
    },
    {
      title: 'an altered hash',
      kind: 'malformed',
      change: (event: StoredEvent) => altered(event, 'customMetadata', /"hash":"./, '"hash":"x'),
    },
    {
      title: 'an altered type',
      kind: 'malformed',
      change: (event: StoredEvent) => ({ ...event, type: 'NodeEnabled' }),
    },
    {
      title: 'no metadata',
      kind: 'malformed',
      change: (event: StoredEvent) => ({ ...event, customMetadata: new Uint8Array() }),
    },
    {
      title: 'data that is not JSON',
      kind: 'malformed',
      change: (event: StoredEvent) => ({ ...event, data: Buffer.from('{') }),
    },
  ])('a record with $title stops every reader before its commit', async ({ kind, change }) => {
    const [bookmarks] = await storeThree();
    const events = standIn.streams.events(stream);
    standIn.streams.replace(
      stream,
      events.map((event, index) => (index === 6 ? change(event) : event)),
    );
    await expectStop(bookmarks.slice(0, 2), kind);
  });

  it('half a commit at the end is damage', async () => {
    const [bookmarks] = await storeThree();
    standIn.streams.replace(stream, standIn.streams.events(stream).slice(0, 7));
    const { commits, failure } = await readUntilFailure(log, ORIGIN);
    expect(commits.map((commit) => commit.bookmark)).toEqual(bookmarks.slice(0, 2));
    expect(failure).toMatchObject({ name: 'LogDamageError', kind: 'gap', number: 6 });
  });

  it('a commit that is not what encodeCommit gave never reaches the client', async () => {
    const writer = createSampleWriter();
    const commit = writer.next();
    const spaced = { ...commit, bytes: Buffer.from(commit.bytes.toString().replace('{', '{ ')) };
    await expect(log.append(ORIGIN.position, spaced)).rejects.toBeInstanceOf(TypeError);
    expect(await log.append(ORIGIN.position, commit)).toMatchObject({ status: 'appended' });
  });
});

type Three<T> = readonly [T, T, T];

/** Three commits: records 0-1, 2-4 and 5-7. */
async function storeThree(): Promise<[Three<Bookmark>, Three<EncodedCommit>, ReturnType<typeof createSampleWriter>]> {
  const writer = createSampleWriter();
  const commits = [writer.next(), writer.next(), writer.next()] as const;
  const [first, second, third] = await appendAll(log, commits);
  if (first === undefined || second === undefined || third === undefined) {
    throw new Error('three appends gave fewer bookmarks');
  }
  return [[first, second, third], commits, writer];
}

async function expectStop(sound: readonly Bookmark[], kind: string): Promise<void> {
  const { commits, failure } = await readUntilFailure(log, ORIGIN);
  expect(commits.map((commit) => commit.bookmark)).toEqual(sound);
  expect(failure).toMatchObject({ name: 'LogDamageError', kind });
  const recorder = await record(log, ORIGIN);
  expect(await recorder.ended).toMatchObject({ name: 'LogDamageError', kind });
  expect(recorder.commits.map((commit) => commit.bookmark)).toEqual(sound);
}

function altered(event: StoredEvent, part: 'data' | 'customMetadata', from: RegExp, to: string): StoredEvent {
  return { ...event, [part]: Buffer.from(Buffer.from(event[part]).toString('utf8').replace(from, to)) };
}
