import type { HighWaterMark } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../metrics/registry.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { type MemoryDisk, memoryDisk } from '../testing/memory-disk.ts';
import { memoryLogger } from '../testing/memory-logger.ts';
import { type MarkKeeper, openMarkKeeper } from './mark-keeper.ts';

const SLOTS = ['/state/high-water-mark.0', '/state/high-water-mark.1'] as const;

interface Due {
  readonly atMs: number;
  readonly task: () => void;
}

function createState() {
  const disk = memoryDisk();
  const clock = manualClock();
  const logger = memoryLogger();
  const due = new Set<Due>();
  const timers = {
    after(delayMs: number, task: () => void) {
      const entry = { atMs: clock.monotonicMs() + delayMs, task };
      due.add(entry);
      return () => void due.delete(entry);
    },
  };
  function openAt(directory: string, neighbours?: () => Promise<readonly string[]>): Promise<MarkKeeper> {
    const surroundings = { disk, directory, clock, timers, logger, metrics: createMetrics(), intervalMs: 200 };
    return openMarkKeeper({ ...surroundings, ...(neighbours === undefined ? {} : { neighbours }) });
  }
  const open = () => openAt('/state');
  /** Lets time run on, and saves end that have begun. */
  async function pass(durationMs: number): Promise<void> {
    clock.advance(durationMs);
    for (const entry of [...due].filter(({ atMs }) => atMs <= clock.monotonicMs())) {
      due.delete(entry);
      entry.task();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { disk, logger, open, openAt, pass };
}

const markAt = (number: number, historyId = 'history-1'): HighWaterMark => ({
  historyId,
  number,
  hash: number.toString(16).padStart(64, '0'),
});

const savedIn = async (open: () => Promise<MarkKeeper>): Promise<HighWaterMark | undefined> => (await open()).mark;

function tear(disk: MemoryDisk, path: string): void {
  const bytes = disk.files.get(path) ?? new Uint8Array();
  disk.files.set(path, bytes.slice(0, bytes.length >> 1));
}

describe('a high-water mark', () => {
  it('is there again after a restart', async () => {
    const { open, pass } = createState();
    const keeper = await open();
    expect(keeper.mark).toBeUndefined();
    keeper.raise(markAt(7));
    await pass(0);
    expect(await savedIn(open)).toEqual(markAt(7));
  });

  it('is saved at most once in an interval, with the newest that was raised', async () => {
    const { disk, open, pass } = createState();
    const keeper = await open();
    keeper.raise(markAt(1));
    await pass(0);
    keeper.raise(markAt(2));
    keeper.raise(markAt(3));
    await pass(199);
    expect(await savedIn(open)).toEqual(markAt(1));
    await pass(1);
    expect(await savedIn(open)).toEqual(markAt(3));
    expect([...disk.files.keys()].sort()).toEqual([...SLOTS]);
  });

  it('does not go down in its history, and follows into another', async () => {
    const { open, pass } = createState();
    const keeper = await open();
    keeper.raise(markAt(9));
    keeper.raise(markAt(8));
    await pass(0);
    expect(keeper.mark).toEqual(markAt(9));
    keeper.raise(markAt(5, 'history-2'));
    await pass(200);
    expect(await savedIn(open)).toEqual(markAt(5, 'history-2'));
  });

  it('is saved a last time by stop', async () => {
    const { open, pass } = createState();
    const keeper = await open();
    keeper.raise(markAt(1));
    await pass(0);
    keeper.raise(markAt(2));
    await keeper.stop();
    expect(await savedIn(open)).toEqual(markAt(2));
  });

  it.each([0, 1] as const)('survives a torn write of either slot (save %i)', async (save) => {
    const { disk, open, pass } = createState();
    const keeper = await open();
    for (const number of [1, 2, 3].slice(0, 2 + save)) {
      keeper.raise(markAt(number));
      await pass(200);
    }
    tear(disk, SLOTS[save]);
    const again = await open();
    expect(again.mark).toEqual(markAt(1 + save));
    again.raise(markAt(10));
    await pass(200);
    expect(await savedIn(open)).toEqual(markAt(10));
  });

  it('with any changed byte is not believed', async () => {
    const { disk, open, pass } = createState();
    const keeper = await open();
    keeper.raise(markAt(1));
    await pass(0);
    const whole = disk.files.get(SLOTS[1]) ?? new Uint8Array();
    for (const place of [0, 20, 60, 120, 200, 300, whole.length - 1]) {
      const changed = whole.slice();
      changed[place] = (changed[place] ?? 0) ^ 1;
      disk.files.set(SLOTS[1], changed);
      expect(await savedIn(open)).toBeUndefined();
    }
  });

  it.each(['NO_SPACE', 'IO_FAILED', 'ACCESS_DENIED'] as const)(
    'that cannot be saved (%s) is told once, tried again, and still known',
    async (code) => {
      const { disk, logger, open, pass } = createState();
      const keeper = await open();
      disk.breakWith('overwrite', code);
      keeper.raise(markAt(4));
      await pass(0);
      await pass(200);
      expect(keeper).toMatchObject({ mark: markAt(4), failure: code });
      expect(logger.lines.filter(({ errCode }) => errCode === code)).toHaveLength(1);
      disk.repair();
      await pass(200);
      expect(keeper.failure).toBeUndefined();
      expect(await savedIn(open)).toEqual(markAt(4));
    },
  );

  it('of a neighbour is read anew each time, its own is none, and what is damaged is left out', async () => {
    const { disk, openAt, pass } = createState();
    const directories = ['/state', '/other', '/damaged', '/gone'];
    const keeper = await openAt('/state', async () => directories);
    keeper.raise(markAt(1));
    expect(await keeper.neighbours()).toEqual([]);
    const other = await openAt('/other');
    other.raise(markAt(7));
    await pass(200);
    disk.files.set('/damaged/high-water-mark.0', Buffer.from('what?'));
    expect(await keeper.neighbours()).toEqual([markAt(7)]);
    other.raise(markAt(9));
    await other.stop();
    expect(await keeper.neighbours()).toEqual([markAt(9)]);
    expect(await other.neighbours()).toEqual([]);
  });

  it('that cannot be read is told, and stops nobody', async () => {
    const { disk, open } = createState();
    disk.breakWith('readFile', 'IO_FAILED');
    expect(await open()).toMatchObject({ mark: undefined, failure: 'IO_FAILED' });
  });
});
