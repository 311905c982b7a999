import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { createNodeDisk } from '@fleetbook/operations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../testing/command.ts';
import { readConfig } from './config.ts';
import { indexDirectoryOf } from './index-directory.ts';
import type { OpenLog } from './log-at.ts';
import { indexIn } from './past-source.ts';

let data: Awaited<ReturnType<typeof makeDirectory>>;

beforeAll(async () => {
  data = await makeDirectory();
  await mkdir(indexIn(data.path, 'main'), { recursive: true });
  await writeFile(join(indexIn(data.path, 'main'), '0000000000000001.seal'), 'sealed');
  await writeFile(join(indexIn(data.path, 'main'), '0000000000000001.data'), 'large');
});

afterAll(() => data.remove());

/** As where services run on the directory. */
function openLog(cell: string): OpenLog {
  const config = readConfig({});
  if (!config.ok) {
    throw new Error('there is no configuration');
  }
  const target = { cell, servers: [], isGuess: false, tls: {}, directory: data.path, config: config.value };
  return { cell, log: createMemoryLog(), target, close: async () => undefined };
}

describe('the index of a log of services that run', () => {
  it('begins with what they have indexed, and leaves that as it is', async () => {
    const theirs = indexIn(data.path, 'main');
    const index = await indexDirectoryOf(openLog('main'), 'range');
    expect(index.path).not.toBe(theirs);
    // As an index finds it: links are passed over in a list.
    expect(await createNodeDisk().list(index.path)).toMatchObject({ value: ['0000000000000001.seal'] });
    expect(await readFile(join(index.path, '0000000000000001.seal'), 'utf8')).toBe('sealed');
    expect(await readFile(join(index.path, '0000000000000001.data'), 'utf8')).toBe('large');
    await writeFile(join(index.path, '0000000000000099.seal'), 'of this call');
    await index.release();
    expect(await readdir(theirs)).toEqual(['0000000000000001.data', '0000000000000001.seal']);
    await expect(stat(index.path)).rejects.toThrow('ENOENT');
  });

  it('begins with nothing where they have indexed nothing', async () => {
    const index = await indexDirectoryOf(openLog('other'), 'range');
    expect(await readdir(index.path)).toEqual([]);
    await index.release();
  });
});
