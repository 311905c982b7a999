import { statfs } from 'node:fs/promises';

/** What can be stored somewhere, and how much of that is left. */
export interface Space {
  readonly freeBytes: number;
  /** At least `freeBytes`. */
  readonly totalBytes: number;
}

/** The space of the disk that a directory is on; undefined where it cannot be told. */
export type AskDiskSpace = (directory: string) => Promise<Space | undefined>;

/** Counts what this user may still write: a disk keeps some for others. */
export const askDiskSpace: AskDiskSpace = async (directory) => {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(directory);
    return blocks === 0 ? undefined : { freeBytes: bavail * bsize, totalBytes: (blocks - bfree + bavail) * bsize };
  } catch {
    // Not there yet, or not on this machine: then nothing is known, which is an answer.
    return undefined;
  }
};
