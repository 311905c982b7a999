import { expect, it } from 'vitest';
import { bytesText, storagePhrases } from './storage.ts';

it('gives sizes in the largest unit of which there is one', () => {
  const sizes = [0, 1, 999, 999.6, 1_000, 12_345, 999_499_999, 999_500_000, 2e15, 3e18];
  expect(sizes.map(bytesText)).toEqual([
    ...['0 bytes', '1 bytes', '999 bytes', '1 kB', '1 kB', '12.3 kB', '999 MB', '1 GB', '2 PB', '3000 PB'],
  ]);
});

it('says of the space for the log what is known', () => {
  expect(storagePhrases({ shedding: 'nothing' })).toEqual([]);
  const space = { freeBytes: 4e10, totalBytes: 1e11 };
  const growth = { bytesPerDay: 2e9, windowMs: 60_000, daysToFull: 20 };
  expect(storagePhrases({ shedding: 'nothing', logBytes: 5e6, ...space, ...growth })).toEqual([
    ...['log 5 MB', 'grows 2 GB a day', '40 GB of 100 GB free', 'full in 20 days'],
  ]);
});
