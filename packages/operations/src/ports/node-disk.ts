import { dirname } from 'node:path';
import { fail, type Result, succeed } from '../result.ts';
import type { Disk, DiskError, DiskErrorCode, FileContents, WriteOptions } from './disk.ts';
import { type FileSystem, nodeFiles, type OpenFile } from './file-system.ts';

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
  EISDIR: 'ACCESS_DENIED',
  ERR_FS_EISDIR: 'ACCESS_DENIED',
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

async function syncDirectory(files: FileSystem, directory: string): Promise<void> {
  const handle = await files.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function replaceFile(
  files: FileSystem,
  path: string,
  contents: FileContents,
  options: WriteOptions,
): Promise<void> {
  const directory = dirname(path);
  const unfinished = `${path}${UNFINISHED}`;
  await files.makeDirectory(directory);
  try {
    const handle = await files.open(unfinished, 'w', options.mode);
    try {
      for await (const part of contents instanceof Uint8Array ? [contents] : contents) {
        await handle.writeFile(part);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(unfinished, path);
  } catch (thrown) {
    await files.remove(unfinished);
    throw thrown;
  }
  await syncDirectory(files, directory);
}

async function openOrMake(files: FileSystem, path: string, mode: number | undefined): Promise<OpenFile> {
  try {
    return await files.open(path, 'r+');
  } catch (thrown) {
    if (diskErrorOf(path, thrown)?.code !== 'NOT_FOUND') {
      throw thrown;
    }
  }
  const directory = dirname(path);
  await files.makeDirectory(directory);
  const made = await files.open(path, 'w', mode);
  await syncDirectory(files, directory);
  return made;
}

async function workOn(handle: OpenFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function overwriteFile(files: FileSystem, path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  const handle = await openOrMake(files, path, options.mode);
  await workOn(handle, () => handle.writeFile(bytes));
}

async function appendToFile(files: FileSystem, path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  const found = await openOrMake(files, path, options.mode);
  await found.close();
  const handle = await files.open(path, 'a');
  await workOn(handle, () => handle.writeFile(bytes));
}

async function truncateFile(files: FileSystem, path: string, length: number): Promise<void> {
  const handle = await files.open(path, 'r+');
  await workOn(handle, () => handle.truncate(length));
}

/** What was removed does not come back when the power is cut. */
async function removeFile(files: FileSystem, path: string): Promise<void> {
  await files.remove(path);
  try {
    await syncDirectory(files, dirname(path));
  } catch (thrown) {
    if (diskErrorOf(path, thrown)?.code !== 'NOT_FOUND') {
      throw thrown;
    }
  }
}

/** The file system of this machine. */
export function createNodeDisk(files: FileSystem = nodeFiles): Disk {
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
    readFile: (path, { isShared = false } = {}) =>
      attempt(path, () => (isShared && files.readShared ? files.readShared(path) : files.readFile(path))),
    writeAtomically: (path, bytes, options = {}) =>
      inTurn(path, () => attempt(path, () => replaceFile(files, path, bytes, options))),
    overwrite: (path, bytes, options = {}) =>
      inTurn(path, () => attempt(path, () => overwriteFile(files, path, bytes, options))),
    append: (path, bytes, options = {}) =>
      inTurn(path, () => attempt(path, () => appendToFile(files, path, bytes, options))),
    truncate: (path, length) => inTurn(path, () => attempt(path, () => truncateFile(files, path, length))),
    remove: (path) => inTurn(path, () => attempt(path, () => removeFile(files, path))),
    list: async (directory) => {
      const listed = await attempt(directory, () => files.listFiles(directory));
      if (!listed.ok) {
        return listed.error.code === 'NOT_FOUND' ? succeed([]) : listed;
      }
      return succeed(listed.value.filter((name) => !name.endsWith(UNFINISHED)).sort());
    },
  };
}
