import { createMetrics } from '@fleetbook/operations';
import { memoryLogger } from '@fleetbook/operations/testing';
import { StorageWatch } from '../health/storage-watch.ts';
import type { SimulatedTime } from './simulated-time.ts';

const INTERVAL_MS = 50;

/** A watch of a disk of 100,000 bytes of which a test says how much is free. */
export function storageOf(time: SimulatedTime, freePercent: number) {
  let freeBytes = freePercent * 1_000;
  const watch = new StorageWatch({
    ...time,
    look: async () => ({ logBytes: undefined, spaces: [{ freeBytes, totalBytes: 100_000 }] }),
    intervalMs: INTERVAL_MS,
    logger: memoryLogger(),
    metrics: createMetrics(),
  });
  void watch.start();
  return {
    watch,
    /** Resolves when the watch has seen it. */
    async set(percent: number): Promise<void> {
      freeBytes = percent * 1_000;
      await time.until(() => watch.freeShare === percent / 100);
    },
  };
}
