import { createMetrics, type Space } from '@fleetbook/operations';
import { memoryLogger } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { simulatedTime } from '../testing/simulated-time.ts';
import { type StorageReading, StorageWatch } from './storage-watch.ts';

const INTERVAL_MS = 1_000;

const disk = (freePercent: number): Space => ({ freeBytes: freePercent * 1_000, totalBytes: 100_000 });

/** A watch of a space that a test sets, percent. */
async function watchOf(first: number | undefined) {
  const time = simulatedTime();
  const metrics = createMetrics();
  const logger = memoryLogger();
  let reading: StorageReading | Error = { logBytes: undefined, spaces: first === undefined ? [] : [disk(first)] };
  const look = async (): Promise<StorageReading> => {
    if (reading instanceof Error) {
      throw reading;
    }
    return reading;
  };
  const watch = new StorageWatch({ ...time, look, intervalMs: INTERVAL_MS, logger, metrics });
  await watch.start();
  const see = async (next: number | StorageReading | Error, waitMs = INTERVAL_MS): Promise<void> => {
    reading = typeof next === 'number' ? { logBytes: undefined, spaces: [disk(next)] } : next;
    await time.pass(waitMs);
  };
  return { watch, see, time, metrics, logger };
}

describe('the space for the log', () => {
  it('sheds new claims below 10 % and all but releases below 5 %, and takes them again a little above', async () => {
    const { watch, see } = await watchOf(50);
    const seen: string[] = [];
    for (const percent of [10, 9.9, 11.9, 12, 9, 5, 4.9, 6.9, 7, 4, 30]) {
      await see(percent);
      seen.push(`${percent}: ${watch.shedding}`);
    }
    expect(seen).toEqual([
      ...['10: nothing', '9.9: new-claims', '11.9: new-claims', '12: nothing', '9: new-claims', '5: new-claims'],
      ...['4.9: all-but-releases', '6.9: all-but-releases', '7: new-claims', '4: all-but-releases', '30: nothing'],
    ]);
  });

  it('is yellow and red in health, counted, and logged when it changes', async () => {
    const { watch, see, metrics, logger } = await watchOf(50);
    expect(watch.check()).toEqual({ name: 'storage', status: 'green' });
    await see(8.55);
    expect(watch.check()).toMatchObject({ status: 'yellow', reason: expect.stringContaining('8.5 %') });
    await see(1);
    await see(1);
    expect(watch.check()).toMatchObject({ status: 'red' });
    expect(metrics.expose()).toMatch(/^fleetbook_storage_shedding 2$/m);
    expect(metrics.expose()).toMatch(/^fleetbook_storage_free_ratio 0\.01$/m);
    expect(logger.lines.filter(({ message }) => message === 'space for the log')).toHaveLength(2);
  });

  it('is that of the limit nearest to being reached', async () => {
    const { watch, see } = await watchOf(50);
    await see({ logBytes: 1, spaces: [disk(40), { freeBytes: 8, totalBytes: 100 }, disk(60)] });
    expect([watch.shedding, watch.freeShare]).toEqual(['new-claims', 0.08]);
    expect(watch.facts()).toMatchObject({ freeBytes: 8, totalBytes: 100, logBytes: 1 });
  });

  it('is red while the store is gone, and says so once', async () => {
    const { watch, see, logger } = await watchOf(50);
    for (let look = 0; look < 2; look += 1) {
      await see({ logBytes: undefined, spaces: [], goneStore: '/store' });
      expect(watch.check()).toMatchObject({ status: 'red', reason: expect.stringContaining('/store is gone') });
    }
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    await see(50);
    expect(watch.check()).toEqual({ name: 'storage', status: 'green' });
  });

  it('sheds nothing while it is not known, and stays as it was while it cannot be asked', async () => {
    const { watch, see } = await watchOf(undefined);
    expect([watch.shedding, watch.freeShare, watch.facts()]).toEqual(['nothing', 1, { shedding: 'nothing' }]);
    await see(8);
    await see(new Error('no answer'));
    expect(watch.shedding).toBe('new-claims');
  });

  it('tells how fast the log grows and when it is full, once it has been looked at for a minute', async () => {
    const { watch, see } = await watchOf(undefined);
    const grown = (logBytes: number): StorageReading => ({
      logBytes,
      spaces: [{ freeBytes: 864_000_000, totalBytes: 1e9 }],
    });
    await see(grown(1_000_000));
    expect(watch.facts()).not.toHaveProperty('bytesPerDay');
    await see(grown(1_000_000 + 60_000), 60_000);
    expect(watch.facts()).toMatchObject({ logBytes: 1_060_000, bytesPerDay: expect.any(Number) });
    const { bytesPerDay = 0, daysToFull = 0 } = watch.facts();
    expect(bytesPerDay / 86_400_000).toBeCloseTo(1, 1);
    expect(daysToFull).toBeCloseTo(10, 0);
  });

  it('is not looked at any more once it is stopped', async () => {
    const { watch, see } = await watchOf(50);
    watch.stop();
    await see(1);
    expect(watch.shedding).toBe('nothing');
  });
});
