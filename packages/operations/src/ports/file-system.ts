import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { makeDirectory } from '../data-directory/make-directory.ts';

/** What the disk needs of an operating system. Failures are thrown, with the system's `code`. */
export interface FileSystem {
  readFile(path: string): Promise<Uint8Array>;
  /** As `readFile`, into memory that threads can share. Absent where there are no threads. */
  readShared?(path: string): Promise<Uint8Array>;
  /**
   * `w` makes the file or empties it; `r+` writes over the beginning of one that is there, and leaves what follows; `a`
   * makes the file or adds to its end; `r` is for a directory that is to be synced.
   */
  open(path: string, flags: 'r' | 'r+' | 'w' | 'a', mode?: number): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Succeeds also when there is no such file. */
  remove(path: string): Promise<void>;
  /** With its parents. */
  makeDirectory(path: string): Promise<void>;
  /** Names of the files in it, in any order. */
  listFiles(directory: string): Promise<readonly string[]>;
}

export interface OpenFile {
  /** Behind what this handle has written so far. */
  writeFile(bytes: Uint8Array): Promise<void>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The system reads no more in one go. */
const MOST_READ_BYTES = 2 ** 30;

async function readShared(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    let end = 0;
    for (let isMore = size > 0; isMore; ) {
      const { bytesRead } = await file.read(bytes, end, Math.min(size - end, MOST_READ_BYTES), end);
      end += bytesRead;
      isMore = bytesRead > 0 && end < size;
    }
    return bytes.subarray(0, end);
  } finally {
    await file.close();
  }
}

export const nodeFiles: FileSystem = {
  readFile,
  readShared,
  open,
  rename,
  remove: (path) => rm(path, { force: true }),
  makeDirectory,
  async listFiles(directory) {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  },
};
