import { dirname } from 'node:path';
import type { Disk, DiskError, DiskErrorCode } from '../ports/disk.ts';
import { fail, type Result, succeed } from '../result.ts';

type Operation = 'readFile' | 'writeAtomically' | 'overwrite' | 'remove' | 'list';

export interface MemoryDisk extends Disk {
  readonly files: Map<string, Uint8Array>;
  /** Every later call of this operation fails with this code, until `repair`. */
  breakWith(operation: Operation, code: DiskErrorCode): void;
  repair(): void;
}

/** Files in memory, with failures on demand. */
export function memoryDisk(): MemoryDisk {
  const files = new Map<string, Uint8Array>();
  const broken = new Map<Operation, DiskErrorCode>();

  async function attempt<Value>(
    operation: Operation,
    path: string,
    work: () => Result<Value, DiskError>,
  ): Promise<Result<Value, DiskError>> {
    const code = broken.get(operation);
    return code === undefined ? work() : fail({ code, path, cause: new Error(`${operation} fails as told`) });
  }

  return {
    files,
    breakWith: (operation, code) => {
      broken.set(operation, code);
    },
    repair: () => {
      broken.clear();
    },
    readFile: (path) =>
      attempt('readFile', path, () => {
        const bytes = files.get(path);
        return bytes === undefined
          ? fail({ code: 'NOT_FOUND', path, cause: new Error('no such file') })
          : succeed(bytes.slice());
      }),
    writeAtomically: (path, bytes) =>
      attempt('writeAtomically', path, () => {
        files.set(path, bytes.slice());
        return succeed(undefined);
      }),
    overwrite: (path, bytes) =>
      attempt('overwrite', path, () => {
        const whole = new Uint8Array(Math.max(bytes.length, files.get(path)?.length ?? 0));
        whole.set(files.get(path) ?? []);
        whole.set(bytes);
        files.set(path, whole);
        return succeed(undefined);
      }),
    remove: (path) =>
      attempt('remove', path, () => {
        files.delete(path);
        return succeed(undefined);
      }),
    list: (directory) =>
      attempt('list', directory, () => {
        const inside = [...files.keys()].filter((path) => dirname(path) === directory);
        return succeed(inside.map((path) => path.slice(directory.length + 1)).sort());
      }),
  };
}
