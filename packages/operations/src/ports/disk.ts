import type { Result } from '../result.ts';

/**
 * `NOT_FOUND` no such file or directory; `NO_SPACE` disk full or quota used up; `IO_FAILED` the device failed;
 * `ACCESS_DENIED` no permission, or a read-only file system.
 */
export type DiskErrorCode = 'NOT_FOUND' | 'NO_SPACE' | 'IO_FAILED' | 'ACCESS_DENIED';

export interface DiskError {
  readonly code: DiskErrorCode;
  readonly path: string;
  readonly cause: Error;
}

export interface WriteOptions {
  /** Permission bits of the file, e.g. `0o600`; by default those of the process's umask. */
  readonly mode?: number;
}

export interface ReadOptions {
  /** Into memory that threads can share, if the disk can. Not for TextDecoder, which refuses to read there. */
  readonly isShared?: boolean;
}

/** At once, or part by part. */
export type FileContents = Uint8Array | AsyncIterable<Uint8Array>;

/** Files a service keeps its state in. Failures that a full or broken disk explains are values; others throw. */
export interface Disk {
  readFile(path: string, options?: ReadOptions): Promise<Result<Uint8Array, DiskError>>;
  /**
   * After it succeeds the file holds exactly these bytes, also after a power cut; after it fails, or after a crash on
   * the way, it holds what it held before. Makes missing directories. Writes to one path follow each other in order.
   * Parts are written as they come; a throw on the way to one is thrown on.
   */
  writeAtomically(path: string, bytes: FileContents, options?: WriteOptions): Promise<Result<void, DiskError>>;
  /**
   * Writes over the beginning of a file, in place, and makes it durable. Cheaper than `writeAtomically`, and needs no
   * new space where the file has its length already; after a failure or a crash it may hold anything. For files whose
   * contents carry a checksum and have a twin. Makes missing files and directories.
   */
  overwrite(path: string, bytes: Uint8Array, options?: WriteOptions): Promise<Result<void, DiskError>>;
  /**
   * Adds to the end of a file and makes it durable. After a failure or a crash any part of these bytes may stand there,
   * also changed; what stood before them is whole. Makes missing files and directories.
   */
  append(path: string, bytes: Uint8Array, options?: WriteOptions): Promise<Result<void, DiskError>>;
  /** Cuts a file off after its first `length` bytes, durably. */
  truncate(path: string, length: number): Promise<Result<void, DiskError>>;
  /** Succeeds also when there is no such file. */
  remove(path: string): Promise<Result<void, DiskError>>;
  /** Names of the files in a directory, sorted, without unfinished writes; none when there is no such directory. */
  list(directory: string): Promise<Result<readonly string[], DiskError>>;
}
