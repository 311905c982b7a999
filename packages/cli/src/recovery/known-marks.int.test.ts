import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { markInAdvance, marksIn } from './known-marks.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleetbook-marks-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('a mark left in advance is found where a tracker keeps its own, and replaces none', async () => {
  const mark = { historyId: 'history-1', number: 90, hash: 'f'.repeat(64) };
  await markInAdvance(directory, 'main', mark);
  const known = [{ source: 'tracker 1', historyId: 'history-1', number: 90 }];
  expect(await marksIn(directory, 'main')).toEqual(known);
  await markInAdvance(directory, 'main', { ...mark, number: 91 });
  expect(await marksIn(directory, 'main')).toEqual(known);
});
