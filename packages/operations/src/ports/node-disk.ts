import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, type Result, succeed } from '../result.ts';
import type { Disk, DiskError, DiskErrorCode, WriteOptions } from './disk.ts';

const UNFINISHED = '.unfinished';

const codes: Readonly<Record<string, DiskErrorCode>> = {
  ENOENT: 'NOT_FOUND',
  ENOTDIR: 'NOT_FOUND',
  ENOSPC: 'NO_SPACE',
  EDQUOT: 'NO_SPACE',
  EIO: 'IO_FAILED',
  EACCES: 'ACCESS_DENIED',
  EPERM: 'ACCESS_DENIED',
  EROFS: 'ACCESS_DENIED',
};

/** The typed error of a failed file operation, or undefined for one that no state of the disk explains. */
export function diskErrorOf(path: string, thrown: unknown): DiskError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') {
    return undefined;
  }
  const code = codes[thrown.code];
  return code === undefined ? undefined : { code, path, cause: thrown };
}

async function attempt<Value>(path: string, work: () => Promise<Value>): Promise<Result<Value, DiskError>> {
  try {
    return succeed(await work());
  } catch (thrown) {
    const error = diskErrorOf(path, thrown);
    if (error === undefined) {
      throw new Error(`cannot work on ${path}`, { cause: thrown });
    }
    return fail(error);
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function replaceFile(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  const directory = dirname(path);
  const unfinished = `${path}${UNFINISHED}`;
  await mkdir(directory, { recursive: true });
  try {
    const handle = await open(unfinished, 'w', options.mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, path);
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw thrown;
  }
  await syncDirectory(directory);
}

/** The file system of this machine. */
export function createNodeDisk(): Disk {
  const lastWrites = new Map<string, Promise<unknown>>();

  /** One unfinished file per path: a second write to the same path waits for the first. */
  async function inTurn<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
    const turn = (lastWrites.get(path) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    lastWrites.set(path, settled);
    try {
      return await turn;
    } finally {
      if (lastWrites.get(path) === settled) {
        lastWrites.delete(path);
      }
    }
  }

  return {
    readFile: (path) => attempt(path, async () => readFile(path)),
    writeAtomically: (path, bytes, options = {}) =>
      inTurn(path, () => attempt(path, () => replaceFile(path, bytes, options))),
    remove: (path) => inTurn(path, () => attempt(path, () => rm(path, { force: true }))),
    list: async (directory) => {
      const listed = await attempt(directory, () => readdir(directory, { withFileTypes: true }));
      if (!listed.ok) {
        return listed.error.code === 'NOT_FOUND' ? succeed([]) : listed;
      }
      const files = listed.value.filter((entry) => entry.isFile() && !entry.name.endsWith(UNFINISHED));
      return succeed(files.map((entry) => entry.name).sort());
    },
  };
}
