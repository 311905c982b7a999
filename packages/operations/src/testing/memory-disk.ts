import { dirname } from 'node:path';
import type { Disk, DiskError, DiskErrorCode, FileContents } from '../ports/disk.ts';
import { fail, type Result, succeed } from '../result.ts';

type Operation = 'readFile' | 'writeAtomically' | 'overwrite' | 'append' | 'truncate' | 'remove' | 'list';

export interface MemoryDisk extends Disk {
  readonly files: Map<string, Uint8Array>;
  /** Every later call of this operation fails with this code, until `repair`. */
  breakWith(operation: Operation, code: DiskErrorCode): void;
  repair(): void;
  /** The next `append` leaves so many of its bytes, and fails with this code. */
  tearAppend(keptBytes: number, code: DiskErrorCode): void;
}

/** Files in memory, with failures on demand. */
export function memoryDisk(): MemoryDisk {
  const files = new Map<string, Uint8Array>();
  const broken = new Map<Operation, DiskErrorCode>();

  let tear: { readonly keptBytes: number; readonly code: DiskErrorCode } | undefined;

  function add(path: string, bytes: Uint8Array): void {
    // No Buffer: its slices would share what they were cut from.
    files.set(path, Uint8Array.from([...(files.get(path) ?? []), ...bytes]));
  }

  function notFound(path: string): Result<never, DiskError> {
    return fail({ code: 'NOT_FOUND', path, cause: new Error('no such file') });
  }

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
    tearAppend: (keptBytes, code) => {
      tear = { keptBytes, code };
    },
    readFile: (path) =>
      attempt('readFile', path, () => {
        const bytes = files.get(path);
        return bytes === undefined ? notFound(path) : succeed(bytes.slice());
      }),
    writeAtomically: async (path, contents) => {
      const bytes = await allOf(contents);
      return attempt('writeAtomically', path, () => {
        files.set(path, bytes);
        return succeed(undefined);
      });
    },
    overwrite: (path, bytes) =>
      attempt('overwrite', path, () => {
        const whole = new Uint8Array(Math.max(bytes.length, files.get(path)?.length ?? 0));
        whole.set(files.get(path) ?? []);
        whole.set(bytes);
        files.set(path, whole);
        return succeed(undefined);
      }),
    append: (path, bytes) =>
      attempt('append', path, () => {
        const torn = tear;
        tear = undefined;
        add(path, torn === undefined ? bytes : bytes.slice(0, torn.keptBytes));
        return torn === undefined ? succeed(undefined) : fail({ code: torn.code, path, cause: new Error('torn') });
      }),
    truncate: (path, length) =>
      attempt('truncate', path, () => {
        const bytes = files.get(path);
        if (bytes === undefined) {
          return notFound(path);
        }
        files.set(path, bytes.slice(0, length));
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

async function allOf(contents: FileContents): Promise<Uint8Array> {
  if (contents instanceof Uint8Array) {
    return contents.slice();
  }
  const parts: Uint8Array[] = [];
  for await (const part of contents) {
    parts.push(part);
  }
  return Uint8Array.from(Buffer.concat(parts));
}
