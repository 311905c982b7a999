import { open } from 'node:fs/promises';
import { fail, type Result, succeed } from '../result.ts';
import type { Disk, DiskError } from './disk.ts';
import { diskErrorOf } from './node-disk.ts';

/** A stretch of a file. */
export interface FilePart {
  readonly offset: number;
  readonly length: number;
}

/** Reads stretches of large files that never change once they are there. */
export interface FileParts {
  /** One for each, shorter where the file ends within it. */
  readParts(path: string, parts: readonly FilePart[]): Promise<Result<readonly Uint8Array[], DiskError>>;
}

export const nodeFileParts: FileParts = {
  async readParts(path, parts) {
    try {
      const handle = await open(path, 'r');
      try {
        const read = async ({ offset, length }: FilePart): Promise<Uint8Array> => {
          const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
          return buffer.subarray(0, bytesRead);
        };
        return succeed(await Promise.all(parts.map(read)));
      } finally {
        await handle.close();
      }
    } catch (thrown) {
      const error = diskErrorOf(path, thrown);
      if (error === undefined) {
        throw new Error(`cannot read ${path}`, { cause: thrown });
      }
      return fail(error);
    }
  },
};

/** On a disk that only gives whole files. */
export function filePartsOf(disk: Disk): FileParts {
  return {
    async readParts(path, parts) {
      const read = await disk.readFile(path);
      return read.ok ? succeed(parts.map(({ offset, length }) => read.value.subarray(offset, offset + length))) : read;
    },
  };
}
