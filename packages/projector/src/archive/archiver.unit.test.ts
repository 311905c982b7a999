import { join } from 'node:path';
import { createMemoryLog, createMemoryStore, type MemoryStore } from '@fleetbook/event-log/memory';
import { createMetrics } from '@fleetbook/operations';
import { memoryDisk, memoryLogger } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { addNode, foundHistory, type HistoryWriter } from '../testing/index.ts';
import { createArchiver } from './archiver.ts';
import { CopyError, readCopy } from './index.ts';

const DIRECTORY = '/archive/main';
const SEGMENT_BYTES = 2_000;

/** Steps that a test takes one by one: nothing happens between them. */
function manualTimers() {
  const due: (() => void)[] = [];
  return {
    after(_delayMs: number, task: () => void) {
      due.push(task);
      return () => void due.splice(due.indexOf(task), 1);
    },
    async next() {
      due.shift()?.();
      while (due.length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

async function createWorld() {
  const store = createMemoryStore();
  const log = createMemoryLog({ store });
  const disk = memoryDisk();
  const writer = await foundHistory(log, { eventsPerCommit: 1 });
  const start = async (options: { cell?: string; isTaken?: boolean; store?: MemoryStore } = {}) => {
    const timers = manualTimers();
    const logger = memoryLogger();
    let isTaken = options.isTaken ?? false;
    const archiver = createArchiver({
      ...{
        disk,
        directory: DIRECTORY,
        cell: options.cell ?? 'main',
        log: createMemoryLog({ store: options.store ?? store }),
      },
      ...{ timers, logger, metrics: createMetrics(), intervalMs: 1, segmentBytes: SEGMENT_BYTES },
      take: async () => (isTaken ? undefined : { release: async () => undefined }),
    });
    archiver.start();
    const settled = timers.next();
    await settled;
    const free = (): void => {
      isTaken = false;
    };
    return { archiver, logger, free, look: () => timers.next() };
  };
  return { store, log, disk, writer, start };
}

async function add(writer: HistoryWriter, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    addNode(writer, `node-${writer.number}`);
  }
  await writer.flush();
}

async function copied(disk: ReturnType<typeof memoryDisk>): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { commits } of readCopy(disk, DIRECTORY)) {
    texts.push(...commits.map(({ text }) => text));
  }
  return texts;
}

function stored({ store }: Awaited<ReturnType<typeof createWorld>>): readonly string[] {
  return store.commits.map((commit) => Buffer.from(commit?.bytes ?? []).toString());
}

function lastFile({ disk }: Awaited<ReturnType<typeof createWorld>>): string {
  return [...disk.files.keys()].sort().at(-1) ?? '';
}

describe('the archive', () => {
  it('holds every commit byte for byte, in segments that follow each other', async () => {
    const world = await createWorld();
    const { archiver, look } = await world.start();
    for (let round = 0; round < 5; round += 1) {
      await add(world.writer, 2);
      await look();
    }
    expect(archiver.status).toEqual({ number: world.writer.number, isKeptElsewhere: false, fault: undefined });
    expect(await copied(world.disk)).toEqual(stored(world));
    expect(world.disk.files.size).toBeGreaterThan(2);
    await archiver.stop();
  });

  it('goes on where an earlier process ended', async () => {
    const world = await createWorld();
    await add(world.writer, 2);
    await (await world.start()).archiver.stop();
    await add(world.writer, 2);
    const { archiver } = await world.start();
    expect(archiver.status.number).toBe(world.writer.number);
    expect(await copied(world.disk)).toEqual(stored(world));
    await archiver.stop();
  });

  it.each([1, 40, 300, 700])('cuts off what a crash left of an append (%i bytes), and goes on', async (kept) => {
    const world = await createWorld();
    const { archiver, look } = await world.start();
    world.disk.tearAppend(kept, 'IO_FAILED');
    await add(world.writer, 3);
    await look();
    expect(archiver.status.fault).toMatchObject({ code: 'IO_FAILED', isOfDisk: true });
    await archiver.stop();
    const again = await world.start();
    expect(again.archiver.status).toMatchObject({ number: world.writer.number, fault: undefined });
    expect(await copied(world.disk)).toEqual(stored(world));
    await again.archiver.stop();
  });

  it.each([0, 20, 90, 300])('makes a new segment anew whose first append was cut short (%i bytes)', async (kept) => {
    const world = await createWorld();
    world.disk.tearAppend(kept, 'IO_FAILED');
    const { archiver, look } = await world.start();
    expect(archiver.status.fault).toMatchObject({ code: 'IO_FAILED' });
    await look();
    expect(archiver.status).toMatchObject({ number: world.writer.number, fault: undefined });
    expect(await copied(world.disk)).toEqual(stored(world));
    await archiver.stop();
  });

  it.each(['NO_SPACE', 'IO_FAILED', 'ACCESS_DENIED'] as const)('waits for a disk that says %s', async (code) => {
    const world = await createWorld();
    const { archiver, logger, look } = await world.start();
    world.disk.breakWith('append', code);
    await add(world.writer, 1);
    await look();
    await look();
    expect(archiver.status.fault).toMatchObject({ code, isOfDisk: true });
    expect(logger.lines.filter(({ errCode }) => errCode === code)).toHaveLength(1);
    world.disk.repair();
    await look();
    expect(archiver.status).toMatchObject({ number: world.writer.number, fault: undefined });
    expect(await copied(world.disk)).toEqual(stored(world));
    await archiver.stop();
  });
});

describe('an archive that the log does not continue', () => {
  async function expectUntouched(world: Awaited<ReturnType<typeof createWorld>>, code: string, cell?: string) {
    const before = new Map(world.disk.files);
    const { archiver, look } = await world.start(cell === undefined ? {} : { cell });
    await look();
    expect(archiver.status.fault).toMatchObject({ code, isOfDisk: false });
    expect(world.disk.files).toEqual(before);
    await archiver.stop();
  }

  async function withArchive() {
    const world = await createWorld();
    await add(world.writer, 3);
    await (await world.start()).archiver.stop();
    return world;
  }

  it('stands still where the log lost its end, and goes on once that is back', async () => {
    const world = await withArchive();
    const commits = [...world.store.commits];
    world.log.storeFaults.truncate(2);
    await expectUntouched(world, 'BEHIND');
    world.store.commits.splice(0, Infinity, ...commits);
    await add(world.writer, 1);
    const { archiver } = await world.start();
    expect(archiver.status).toMatchObject({ number: world.writer.number, fault: undefined });
    expect(await copied(world.disk)).toEqual(stored(world));
    await archiver.stop();
  });

  it.each([0, 2])('stands still where the log went another way after %i commits', async (kept) => {
    const world = await withArchive();
    world.log.storeFaults.truncate(kept);
    const other = createMemoryLog();
    const writer = await foundHistory(other, { eventsPerCommit: 1, ...(kept === 0 ? { historyId: 'other' } : {}) });
    for (let index = 0; index < 6; index += 1) {
      addNode(writer, `other-${index}`);
    }
    await writer.flush();
    world.store.commits.push(...other.store.commits.slice(kept));
    await expectUntouched(world, 'MISMATCH');
  });

  it('stands still at the archive of another cell', async () => {
    await expectUntouched(await withArchive(), 'MISMATCH', 'theirs');
  });

  it('stands still while it runs, when the log goes back under it', async () => {
    const world = await createWorld();
    await add(world.writer, 3);
    const { archiver, look } = await world.start();
    const before = new Map(world.disk.files);
    world.log.storeFaults.truncate(2);
    await look();
    expect(archiver.status.fault).toMatchObject({ code: 'LOG_WENT_BACK' });
    await look();
    expect(archiver.status.fault).toMatchObject({ code: 'BEHIND' });
    expect(world.disk.files).toEqual(before);
    await archiver.stop();
  });

  it('stands still at a damaged commit with sound ones behind it', async () => {
    const world = await createWorld();
    const { archiver, look } = await world.start();
    await add(world.writer, 1);
    await look();
    await archiver.stop();
    const bytes = world.disk.files.get(lastFile(world)) ?? new Uint8Array();
    const place = bytes.indexOf(10) + 200;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    await expectUntouched(world, 'DAMAGED');
    await expect(copied(world.disk)).rejects.toMatchObject({ name: 'CopyError', code: 'DAMAGED', number: 1 });
  });
});

describe('an archive directory', () => {
  it('that another process keeps is left to it until it is free', async () => {
    const world = await createWorld();
    const { archiver, free, look } = await world.start({ isTaken: true });
    expect(archiver.status).toMatchObject({ isKeptElsewhere: true, number: 0, fault: undefined });
    expect(world.disk.files.size).toBe(0);
    free();
    await look();
    expect(archiver.status).toMatchObject({ isKeptElsewhere: false, number: world.writer.number });
    await archiver.stop();
  });

  it('that another process keeps of another log is none of this one, and that is told', async () => {
    const world = await createWorld();
    await (await world.start()).archiver.stop();
    const other = createMemoryStore();
    await foundHistory(createMemoryLog({ store: other }), { historyId: 'history-2', eventsPerCommit: 1 });
    const { archiver, look } = await world.start({ isTaken: true, store: other });
    expect(archiver.status).toMatchObject({
      isKeptElsewhere: true,
      fault: {
        code: 'MISMATCH',
        isOfDisk: false,
        reason: expect.stringContaining(`${DIRECTORY}: another process keeps`),
      },
    });
    expect(await copied(world.disk)).toEqual(stored(world));
    await look();
    await archiver.stop();
    const same = await world.start({ isTaken: true });
    expect(same.archiver.status).toMatchObject({ isKeptElsewhere: true, fault: undefined });
    await same.archiver.stop();
  });

  it('that another process keeps of another log is told once this one, empty at first, has begun', async () => {
    const world = await createWorld();
    await (await world.start()).archiver.stop();
    const other = createMemoryStore();
    const { archiver, look } = await world.start({ isTaken: true, store: other });
    expect(archiver.status).toMatchObject({ isKeptElsewhere: true, fault: undefined });
    await foundHistory(createMemoryLog({ store: other }), { historyId: 'history-2', eventsPerCommit: 1 });
    await look();
    expect(archiver.status).toMatchObject({ isKeptElsewhere: true, fault: { code: 'MISMATCH' } });
    await archiver.stop();
  });

  it('that lacks a segment is told by its reader', async () => {
    const world = await createWorld();
    const { archiver, look } = await world.start();
    for (let round = 0; round < 5; round += 1) {
      await add(world.writer, 2);
      await look();
    }
    await archiver.stop();
    const names = [...world.disk.files.keys()].sort();
    const missing = Number(names[1]?.slice(join(DIRECTORY, '/').length, -'.commits'.length));
    world.disk.files.delete(names[1] ?? '');
    await expect(copied(world.disk)).rejects.toThrow(CopyError);
    await expect(copied(world.disk)).rejects.toMatchObject({ code: 'DAMAGED', number: missing });
  });
});
