import { randomUUID } from 'node:crypto';
import { DEFAULT_POLICIES } from '@fleetbook/domain';
import { type EventLog, ORIGIN } from '@fleetbook/event-log';
import { openEventStoreLog } from '@fleetbook/event-log/eventstoredb';
import { startServerUnderTest } from '@fleetbook/event-log/eventstoredb/testing';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { startTestServer } from '@fleetbook/messaging/testing';
import { type MemoryDisk, memoryDisk } from '@fleetbook/operations/testing';
import { openCopyWriter, readCopy } from '@fleetbook/projector/archive';
import { addNode, foundHistory } from '@fleetbook/projector/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { foldLog } from '../verify/fold-log.ts';
import { appendCopy } from './append-copy.ts';
import { commitsOf, compareCopy } from './compare.ts';
import { giveUp, lossOfLog } from './give-up.ts';

const DIRECTORY = '/copy';
const nats = await startTestServer();
const bus = await nats.server.connect();
const eventStore = await startServerUnderTest();
const connectionString = `esdb://${eventStore.host}:${eventStore.port}?tls=false`;

afterAll(async () => {
  await nats.stop();
  await eventStore.stop();
});

const ADAPTERS: readonly (readonly [name: string, open: (cell: string) => Promise<EventLog>])[] = [
  ['memory', async () => createMemoryLog()],
  ['jetstream', (cell) => openJetStreamLog({ connection: bus.connection, cell, create: true, appendTimeoutMs: 5_000 })],
  [eventStore.name, (cell) => openEventStoreLog({ connectionString, cell, appendTimeoutMs: 5_000 })],
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
