import { join } from 'node:path';
import { type Commit, LogDamageError, ORIGIN } from '@fleetbook/event-log';
import type { Disk, DiskError } from '@fleetbook/operations';
import { CopyError } from './copy-error.ts';
import { numberOfSegment, readSegment, type Segment } from './segment.ts';

/** One file of a copy, with its sound commits. */
export interface CopyPart {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly cell: string;
  readonly commits: readonly Commit[];
  /** Of an append that was cut short: only in the last file. */
  readonly tornBytes: number;
}

/** The names of the segments in a directory, in order. Throws CopyError as the disk does. */
export async function listSegments(disk: Disk, directory: string): Promise<readonly string[]> {
  const listed = await disk.list(directory);
  if (!listed.ok) {
    throw diskFailure(listed.error);
  }
  return listed.value.filter((name) => numberOfSegment(name) !== undefined);
}

/** Whether there are segments in a directory. Throws CopyError as the disk does. */
export async function holdsCopy(disk: Disk, directory: string): Promise<boolean> {
  return (await listSegments(disk, directory)).length > 0;
}

/** The commit that a copy begins with; undefined while there is none in it. Throws CopyError as `readCopy` does. */
export async function firstCommitOf(disk: Disk, directory: string): Promise<Commit | undefined> {
  for await (const { commits } of readCopy(disk, directory)) {
    return commits[0];
  }
  return undefined;
}

/**
 * A copy of a log, an archive or a backup, from its first event, every commit verified by the chain.
 * Throws CopyError: DAMAGED with the first event that is missing or altered, TOO_NEW with the first that this release
 * does not know, or what the disk says.
 */
export async function* readCopy(disk: Disk, directory: string): AsyncGenerator<CopyPart> {
  const names = await listSegments(disk, directory);
  let end = ORIGIN;
  let cell: string | undefined;
  for (const [index, name] of names.entries()) {
    const path = join(directory, name);
    const bytes = await readBytes(disk, path);
    const segment = readSegment(bytes, end);
    const isLast = index === names.length - 1;
    if (segment === undefined && isLast) {
      return;
    }
    if (segment === undefined || numberOfSegment(name) !== end.number + 1) {
      throw damaged(path, end.number + 1, 'the segment that begins with this event is missing or unreadable');
    }
    const fault = faultOf(segment, isLast);
    if (segment.commits.length > 0 || fault === undefined) {
      cell ??= segment.header.cell;
      const { commits, soundBytes } = segment;
      yield { name, bytes, cell, commits, tornBytes: bytes.length - soundBytes };
    }
    end = segment.end;
    if (fault !== undefined) {
      throw unreadable(path, fault, end.number + 1);
    }
  }
}

/** The bytes of a file. Throws CopyError as the disk does. */
export async function readBytes(disk: Disk, path: string): Promise<Uint8Array> {
  const read = await disk.readFile(path);
  if (!read.ok) {
    throw diskFailure(read.error);
  }
  return read.value;
}

export function diskFailure({ code, path, cause }: DiskError): CopyError {
  return new CopyError(code, `${path}: ${cause.message}`, { cause });
}

export function damaged(path: string, number: number, reason: string): CopyError {
  return new CopyError('DAMAGED', `${path}: ${reason}`, { number });
}

/** @param expected the event that should have been where it was found, for a fault that names none. */
export function unreadable(path: string, fault: LogDamageError, expected: number): CopyError {
  const { kind, number = expected, message } = fault;
  return kind === 'too-new'
    ? new CopyError('TOO_NEW', `${path}: ${message}`, { number })
    : damaged(path, number, message);
}

function faultOf({ rest, end }: Segment, isLast: boolean): LogDamageError | undefined {
  if (rest.kind === 'torn' && !isLast) {
    return new LogDamageError('gap', 'the segment is cut short', { number: end.number + 1 });
  }
  return rest.kind === 'damaged' ? rest.cause : undefined;
}
