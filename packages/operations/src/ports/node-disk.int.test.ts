import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryDisk } from '../testing/index.ts';
import type { Disk } from './disk.ts';
import { nodeFiles } from './file-system.ts';
import { createNodeDisk, diskErrorOf } from './node-disk.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleetbook-disk-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function textOf(disk: Disk, path: string): Promise<string> {
  const read = await disk.readFile(path);
  return read.ok ? new TextDecoder().decode(read.value) : read.error.code;
}

describe.each([
  ['of this machine', createNodeDisk],
  ['in memory', memoryDisk],
])('the disk %s', (_, create) => {
  it('reads back what it wrote, in a directory it made', async () => {
    const disk = create();
    const path = join(directory, 'deep/er/file');
    expect(await disk.writeAtomically(path, bytes('one'))).toMatchObject({ ok: true });
    expect(await disk.writeAtomically(path, bytes('two'))).toMatchObject({ ok: true });
    expect(await textOf(disk, path)).toBe('two');
  });

  it('reads the same bytes where threads are to share them', async () => {
    const disk = create();
    const path = join(directory, 'file');
    for (const size of [0, 1, 3_000_000]) {
      const written = new Uint8Array(size).map((_byte, place) => place % 251);
      await disk.writeAtomically(path, written);
      const read = await disk.readFile(path, { isShared: true });
      expect(read.ok && Buffer.compare(read.value, written)).toBe(0);
    }
    expect(await disk.readFile(join(directory, 'none'), { isShared: true })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    });
  });

  it('says NOT_FOUND for a missing file and lists nothing in a missing directory', async () => {
    const disk = create();
    expect(await textOf(disk, join(directory, 'none'))).toBe('NOT_FOUND');
    expect(await disk.list(join(directory, 'none'))).toEqual({ ok: true, value: [] });
  });

  it('lists the files of one directory in order, and removes one, or none', async () => {
    const disk = create();
    for (const name of ['b', 'a', 'c/d']) {
      await disk.writeAtomically(join(directory, name), bytes(name));
    }
    expect(await disk.list(directory)).toEqual({ ok: true, value: ['a', 'b'] });
    expect(await disk.remove(join(directory, 'a'))).toMatchObject({ ok: true });
    expect(await disk.remove(join(directory, 'a'))).toMatchObject({ ok: true });
    expect(await disk.list(directory)).toEqual({ ok: true, value: ['b'] });
  });

  it('removes nothing from a directory that is not there', async () => {
    expect(await create().remove(join(directory, 'none/file'))).toEqual({ ok: true, value: undefined });
  });

  it('lets the last of many writes to one path win', async () => {
    const disk = create();
    const path = join(directory, 'file');
    const texts = Array.from({ length: 20 }, (_unused, index) => `write ${index}`);
    await Promise.all(texts.map((text) => disk.writeAtomically(path, bytes(text))));
    expect(await textOf(disk, path)).toBe('write 19');
    expect(await disk.list(directory)).toEqual({ ok: true, value: ['file'] });
  });

  it('overwrites the beginning of a file, and leaves what follows', async () => {
    const disk = create();
    const path = join(directory, 'deep/file');
    expect(await disk.overwrite(path, bytes('first'))).toMatchObject({ ok: true });
    expect(await disk.overwrite(path, bytes('next'))).toMatchObject({ ok: true });
    expect(await textOf(disk, path)).toBe('nextt');
  });

  it('adds to the end of a file, and cuts it off', async () => {
    const disk = create();
    const path = join(directory, 'deep/file');
    expect(await disk.append(path, bytes('first'))).toMatchObject({ ok: true });
    expect(await disk.append(path, bytes(', second'))).toMatchObject({ ok: true });
    expect(await textOf(disk, path)).toBe('first, second');
    expect(await disk.truncate(path, 5)).toMatchObject({ ok: true });
    expect(await disk.append(path, bytes('!'))).toMatchObject({ ok: true });
    expect(await textOf(disk, path)).toBe('first!');
    expect(await disk.truncate(join(directory, 'none'), 0)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});

describe('the disk of this machine', () => {
  it('gives a file the permission bits asked for', async () => {
    const path = join(directory, 'secret');
    await createNodeDisk().writeAtomically(path, bytes('x'), { mode: 0o600 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('does not list what a crash left unfinished', async () => {
    await writeFile(join(directory, 'file.unfinished'), 'half');
    expect(await createNodeDisk().list(directory)).toEqual({ ok: true, value: [] });
  });

  it('keeps the old file and leaves no other when a write fails', async () => {
    const disk = createNodeDisk();
    await mkdir(join(directory, 'file'));
    const written = await disk.writeAtomically(join(directory, 'file'), bytes('x'));
    expect(written).toMatchObject({ ok: false, error: { code: 'ACCESS_DENIED' } });
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('says ACCESS_DENIED where it may not write', async (context) => {
    if (process.getuid?.() === 0) {
      context.skip('root may write everywhere');
    }
    await chmod(directory, 0o500);
    const written = await createNodeDisk().writeAtomically(join(directory, 'file'), bytes('x'));
    expect(written).toMatchObject({ ok: false, error: { code: 'ACCESS_DENIED' } });
  });

  it.each([
    ['ENOSPC', 'NO_SPACE'],
    ['EDQUOT', 'NO_SPACE'],
    ['EIO', 'IO_FAILED'],
    ['EACCES', 'ACCESS_DENIED'],
    ['EROFS', 'ACCESS_DENIED'],
    ['ENOENT', 'NOT_FOUND'],
  ])('calls %s %s', (systemCode, code) => {
    const cause = Object.assign(new Error('as told'), { code: systemCode });
    expect(diskErrorOf('/a', cause)).toEqual({ code, path: '/a', cause });
  });

  it('does not explain what is no state of the disk', () => {
    expect(diskErrorOf('/a', new TypeError('bug'))).toBeUndefined();
  });

  // A device that is always full stands in for a full disk where the system has one.
  it('says NO_SPACE when the disk is full', async (context) => {
    if (process.platform !== 'linux') {
      context.skip('only Linux has a device that is always full');
    }
    const { symlink } = await import('node:fs/promises');
    await symlink('/dev/full', join(directory, 'file.unfinished'));
    const written = await createNodeDisk().writeAtomically(join(directory, 'file'), bytes('x'));
    expect(written).toMatchObject({ ok: false, error: { code: 'NO_SPACE' } });
    expect(await readdir(directory)).toEqual([]);
    await symlink('/dev/full', join(directory, 'log'));
    const added = await createNodeDisk().append(join(directory, 'log'), bytes('x'));
    expect(added).toMatchObject({ ok: false, error: { code: 'NO_SPACE' } });
  });
});

it('the disk in memory fails as told until repaired', async () => {
  const disk = memoryDisk();
  disk.breakWith('writeAtomically', 'NO_SPACE');
  expect(await disk.writeAtomically('/a', bytes('x'))).toMatchObject({ ok: false, error: { code: 'NO_SPACE' } });
  disk.repair();
  expect(await disk.writeAtomically('/a', bytes('x'))).toMatchObject({ ok: true });
});

it('fails at once where no directory can be made', async (context) => {
  context.skip(process.platform !== 'linux', 'only Linux has a place that denies that what is asked for can be there');
  const disk = createNodeDisk();
  const path = '/proc/fleetbook/deep/er/file';
  expect(await disk.append(path, bytes('one'))).toMatchObject({ ok: false });
  expect(await disk.writeAtomically(path, bytes('one'))).toMatchObject({ ok: false });
});

it('syncs the directory that a file is removed from: it is not to come back when the power is cut', async () => {
  const done: string[] = [];
  const disk = createNodeDisk({
    ...nodeFiles,
    remove: async (path) => {
      done.push('removed');
      await nodeFiles.remove(path);
    },
    open: async (path, flags, mode) => {
      const file = await nodeFiles.open(path, flags, mode);
      const sync = async (): Promise<void> => void done.push(path === directory ? 'synced' : 'another synced');
      return {
        writeFile: (contents) => file.writeFile(contents),
        truncate: (length) => file.truncate(length),
        close: () => file.close(),
        sync,
      };
    },
  });
  await writeFile(join(directory, 'file'), 'x');
  expect(await disk.remove(join(directory, 'file'))).toMatchObject({ ok: true });
  expect(done).toEqual(['removed', 'synced']);
});
