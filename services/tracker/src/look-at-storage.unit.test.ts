import { createMemoryLog } from '@fleetbook/event-log/memory';
import type { Space } from '@fleetbook/operations';
import { expect, it } from 'vitest';
import { storageLook } from './look-at-storage.ts';

const SPACE = { freeBytes: 1, totalBytes: 2 };

it('tells that the store is gone once it has been there, until it is there again', async () => {
  const seen: (Space | undefined)[] = [undefined, SPACE, undefined, undefined, SPACE];
  const look = storageLook({
    log: createMemoryLog(),
    storeDirectory: '/store',
    askDiskSpace: async () => seen.shift(),
  });
  const told: (string | undefined)[] = [];
  while (seen.length > 0) {
    told.push((await look()).goneStore);
  }
  expect(told).toEqual([undefined, undefined, '/store', '/store', undefined]);
});
