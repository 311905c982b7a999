import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, makeDirectory } from './testing/command.ts';
import { type CellHere, fleetbookHere, type Said, startCellHere } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let cell: CellHere | undefined;

beforeEach(async () => {
  directory = await makeDirectory();
});

afterEach(async () => {
  await cell?.stop();
  await directory.remove();
});

const run = (...line: string[]): Promise<Said> => fleetbookHere([...line, '--json'], directory.path);

async function trackerLog(): Promise<string> {
  return readFile(join(directory.path, '.fleetbook/logs/tracker.log'), 'utf8');
}

describe('snapshots', () => {
  it('are made while the cell runs, listed, and what the next tracker begins with', async () => {
    cell = await startCellHere(directory.path);
    expect(documentOf(await run('snapshot', 'list'))).toEqual({ cell: 'main', snapshots: [] });
    await run('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-1');
    const created = await run('snapshot', 'create');
    expect(documentOf(created)).toMatchObject({ outcome: 'created', number: 4, begunAt: 0 });
    expect(documentOf(await run('snapshot', 'create'))).toMatchObject({ outcome: 'unchanged', number: 4 });
    const listed = await run('snapshot', 'list');
    expect(documentOf(listed)).toMatchObject({ snapshots: [{ number: 4, isUsable: true }] });
    await cell?.stop();
    cell = await startCellHere(directory.path);
    expect(await trackerLog()).toContain('snapshot opened');
    await cell.stop();
    cell = undefined;
    expect(documentOf(await run('snapshot', 'create'))).toMatchObject({ outcome: 'created', begunAt: 4 });
  });

  it('are those of the cell that uses the directory, whatever its name, also at rest', async () => {
    cell = await startCellHere(directory.path, {}, ['--cell', 'lab']);
    const made = { outcome: 'created', cell: 'lab', path: expect.stringContaining('/tracker/lab/1/snapshot-') };
    expect(documentOf(await run('snapshot', 'create'))).toMatchObject(made);
    const listed = { cell: 'lab', snapshots: [{ number: 3, isUsable: true }] };
    expect(documentOf(await run('snapshot', 'list'))).toMatchObject(listed);
    await cell.stop();
    cell = undefined;
    expect(documentOf(await run('snapshot', 'list'))).toMatchObject(listed);
    expect(documentOf(await run('snapshot', 'list', '--cell', 'main'))).toEqual({ cell: 'main', snapshots: [] });
  });

  it('that are altered are named, with exit 1', async () => {
    cell = await startCellHere(directory.path);
    expect(documentOf(await run('snapshot', 'create'))).toMatchObject({ outcome: 'created', number: 3 });
    const path = join(directory.path, '.fleetbook/tracker/main/1/snapshot-0000000000000003.json');
    const bytes = await readFile(path);
    const other = join(dirname(path), 'snapshot-0000000000000009.json');
    await rename(path, other);
    expect(documentOf(await run('snapshot', 'list'))).toMatchObject({
      snapshots: [{ number: 3, isUsable: false, reason: 'its name says event 9' }],
    });
    await rename(other, path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    await writeFile(path, bytes);
    const listed = await run('snapshot', 'list');
    expect(listed.code).toBe(1);
    expect(documentOf(listed)).toMatchObject({ snapshots: [{ isUsable: false, reason: 'checksum' }] });
  });
});
