import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { askDiskSpace } from './disk-space.ts';

it('tells what a disk has and what is left, and nothing of a directory that is not there', async () => {
  const { freeBytes = 0, totalBytes = 0 } = (await askDiskSpace(tmpdir())) ?? {};
  expect(totalBytes).toBeGreaterThan(0);
  expect(freeBytes).toBeLessThanOrEqual(totalBytes);
  expect(await askDiskSpace(join(tmpdir(), 'fleetbook-no-such-directory'))).toBeUndefined();
});
