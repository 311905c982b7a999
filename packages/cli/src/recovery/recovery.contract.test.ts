import { randomUUID } from 'node:crypto';
import { DEFAULT_POLICIES } from '@fleetbook/domain';
import { type EventLog, LogUnavailableError, LogUnfinishedError, ORIGIN, type Restoration } from '@fleetbook/event-log';
import { openEventStoreLog } from '@fleetbook/event-log/eventstoredb';
import { startServerUnderTest } from '@fleetbook/event-log/eventstoredb/testing';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { startTestServer } from '@fleetbook/messaging/testing';
import { type MemoryDisk, memoryDisk } from '@fleetbook/operations/testing';
import { openCopyWriter, readCopy } from '@fleetbook/projector/archive';
import { addNode, foundHistory } from '@fleetbook/projector/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { proveCopy } from '../backup/prove-copy.ts';
import { foldLog } from '../verify/fold-log.ts';
import { appendCopy } from './append-copy.ts';
import { commitsOf, compareCopy } from './compare.ts';
import { giveUp, lossOfLog } from './give-up.ts';
import { restoreCopy } from './restore.ts';

const DIRECTORY = '/copy';
const nats = await startTestServer();
const bus = await nats.server.connect();
const eventStore = await startServerUnderTest();
const connectionString = `esdb://${eventStore.host}:${eventStore.port}?tls=false`;

afterAll(async () => {
  await nats.stop();
  await eventStore.stop();
});

type Open = (cell: string, restoration?: Restoration) => Promise<EventLog>;

const restoring = (restoration: Restoration | undefined) => (restoration === undefined ? {} : { restoration });

const LASTING: readonly (readonly [name: string, open: Open])[] = [
  [
    'jetstream',
    (cell, restoration) =>
      openJetStreamLog({
        ...{ connection: bus.connection, cell, create: true, appendTimeoutMs: 5_000 },
        ...restoring(restoration),
      }),
  ],
  [
    eventStore.name,
    (cell, restoration) =>
      openEventStoreLog({ connectionString, cell, appendTimeoutMs: 5_000, ...restoring(restoration) }),
  ],
];

const ADAPTERS: readonly (readonly [name: string, open: Open])[] = [
  ['memory', async () => createMemoryLog()],
  ...LASTING,
];

const freshCell = (): string => randomUUID().slice(0, 18);

async function fill(log: EventLog, nodes: number): Promise<void> {
  const writer = await foundHistory(log, { eventsPerCommit: 2 });
  for (let index = 0; index < nodes; index += 1) {
    addNode(writer, `node-${index}`);
  }
  await writer.flush();
}

const copy = async (log: EventLog, disk: MemoryDisk): Promise<void> =>
  (await openCopyWriter({ disk, directory: DIRECTORY, cell: 'main', log })).copy();

async function textsOf(log: EventLog): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const commits of log.read(ORIGIN)) {
    texts.push(...commits.map(({ text }) => text));
  }
  return texts;
}

describe('EventStoreDB itself', () => {
  it('takes back what it lost', ({ skip }) => {
    skip(eventStore.whyNotReal !== undefined, eventStore.whyNotReal);
  });
});

describe.each(ADAPTERS)('a log in %s', (_name, open) => {
  it('gets back from a copy what it lacks, byte for byte, and the copy goes on behind it', async () => {
    const source = await open(freshCell());
    await fill(source, 5);
    const disk = memoryDisk();
    await copy(source, disk);
    const older = await open(freshCell());
    const texts = await textsOf(source);
    const parts = () => readCopy(disk, DIRECTORY);
    const first = async function* () {
      for await (const commit of commitsOf('main', parts())) {
        if (commit.bookmark.number <= 5) {
          yield commit;
        }
      }
    };
    expect(await appendCopy(older, ORIGIN, first(), () => undefined)).toMatchObject({ ok: true });
    await expect(copy(older, disk)).rejects.toMatchObject({ code: 'BEHIND' });
    const compared = await compareCopy('main', older, parts());
    expect(compared.logEnd.number).toBeLessThan(compared.copyEnd);
    const all = commitsOf('main', parts());
    expect(await appendCopy(older, compared.logEnd, all, () => undefined)).toMatchObject({ ok: true });
    expect(await textsOf(older)).toEqual(texts);
    expect((await foldLog(older, [])).replay).toBe((await foldLog(source, [])).replay);

    const { logEnd, logAt, logLine, founder } = await compareCopy('main', older, parts());
    const loss = lossOfLog({ logEnd, logLine, founder }, []);
    const facts = { cell: 'main', policies: DEFAULT_POLICIES, reason: 'moved', operator: 'alice', now: logAt };
    const given = loss.ok ? await giveUp(older, { logEnd, logAt }, loss.value, { ...facts, newId: randomUUID }) : loss;
    expect(given).toMatchObject({ ok: true });
    await copy(older, disk);
    const copied: string[] = [];
    for await (const { text } of commitsOf('main', parts())) {
      copied.push(text);
    }
    expect(copied).toEqual(await textsOf(older));
    await Promise.all([source.close(), older.close()]);
  });

  it('that is empty is founded anew when its loss is accepted', async () => {
    const log = await open(freshCell());
    const compared = await compareCopy('main', log, (async function* () {})());
    const loss = lossOfLog(compared, [{ source: 'tracker 1', historyId: 'lost', number: 9 }]);
    const facts = { cell: 'main', policies: DEFAULT_POLICIES, reason: 'gone', operator: 'alice', now: Date.now() };
    const given = loss.ok ? await giveUp(log, compared, loss.value, { ...facts, newId: randomUUID }) : loss;
    expect(given).toMatchObject({ ok: true });
    const folded = await foldLog(log, []);
    expect(folded.replay).toBe(folded.reference);
    expect(folded.end.number).toBe(4);
    await log.close();
  });
});

/** A backup of a log, and how it is restored under a name. */
async function backedUp(open: Open) {
  const source = await open(freshCell());
  await fill(source, 5);
  const disk = memoryDisk();
  await copy(source, disk);
  const texts = await textsOf(source);
  await source.close();
  const parts = () => readCopy(disk, DIRECTORY);
  const proven = await proveCopy(parts());
  const { historyId, end } = proven;
  const restoration = { historyId, number: end.number, hash: end.hash };
  const facts = { cell: 'main', policies: DEFAULT_POLICIES, reason: 'fire', operator: 'alice', now: proven.at };
  const nothing = () => undefined;
  const restore = (log: EventLog, onCommit: () => void = nothing) =>
    restoreCopy({
      ...{ log, proven, parts, facts: { ...facts, newId: randomUUID }, known: async () => [] },
      ...{ onBegin: nothing, onCommit },
    });
  return { texts, restoration, restore };
}

describe.each(LASTING)('a restore into %s', (_name, open) => {
  it('that is interrupted is opened by nobody else, and goes on where it was', async () => {
    const { texts, restoration, restore } = await backedUp(open);
    const cell = freshCell();
    const first = await open(cell, restoration);
    let left = 3;
    const interrupted = restore(first, () => {
      left -= 1;
      if (left === 0) {
        throw new Error('killed');
      }
    });
    await expect(interrupted).rejects.toThrow('killed');
    await first.close();
    await expect(open(cell)).rejects.toBeInstanceOf(LogUnfinishedError);
    await expect(open(cell, { ...restoration, number: 9 })).rejects.toBeInstanceOf(LogUnfinishedError);

    const second = await open(cell, restoration);
    expect(await textsOf(second)).toEqual(texts.slice(0, 3));
    expect(await restore(second)).toMatchObject({ ok: true });
    await second.close();
    const log = await open(cell);
    expect(log.finishRestore).toBeUndefined();
    expect((await textsOf(log)).slice(0, -1)).toEqual(texts);
    await log.close();
  });

  it('that only had to be ended gets no second history, and is then no place for another', async () => {
    const { restoration, restore } = await backedUp(open);
    const cell = freshCell();
    const first = await open(cell, restoration);
    const cannotEnd: EventLog = {
      ...first,
      finishRestore: async () => {
        throw new LogUnavailableError('gone');
      },
    };
    await expect(restore(cannotEnd)).rejects.toThrow('gone');
    const before = await textsOf(first);
    await first.close();
    await expect(open(cell)).rejects.toBeInstanceOf(LogUnfinishedError);
    const second = await open(cell, restoration);
    const restored = await restore(second);
    expect(restored).toMatchObject({ ok: true });
    expect(before.at(-1)).toContain(restored.ok ? restored.value.historyId : '');
    expect(await textsOf(second)).toEqual(before);
    await second.close();
    const third = await open(cell, restoration);
    expect(await restore(third)).toMatchObject({ ok: false, error: { code: 'LOG_NOT_EMPTY' } });
    await third.close();
  });
});
