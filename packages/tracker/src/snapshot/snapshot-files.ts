import { basename, join } from 'node:path';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Disk, DiskError, Slices } from '@fleetbook/operations';
import { decodeSnapshot, type SnapshotFault, writeSnapshot } from '@fleetbook/snapshot';
import {
  type SavedWriterSnapshot,
  SNAPSHOT_FILE,
  type WriterChunk,
  type WriterFacts,
  type WriterSnapshot,
} from './state-rows.ts';

export interface SnapshotFile {
  readonly path: string;
  /** Of the last event in it, as its name says. */
  readonly number: number;
}

const NAME = /^snapshot-(\d{16})\.json$/;
const NUMBER_DIGITS = 16;

/** The snapshots in a directory, the newest first, whether or not they are any good. */
export async function listSnapshots(
  disk: Disk,
  directory: string,
): Promise<Result<readonly SnapshotFile[], DiskError>> {
  const names = await disk.list(directory);
  if (!names.ok) {
    return names;
  }
  const found = names.value.flatMap((name): SnapshotFile[] => {
    const digits = NAME.exec(name)?.[1];
    return digits === undefined ? [] : [{ path: join(directory, name), number: Number(digits) }];
  });
  return succeed(found.sort((left, right) => right.number - left.number));
}

/** Reads one; a fault, or a disk's code, when it cannot be used. */
export async function readSnapshot(
  disk: Disk,
  path: string,
): Promise<Result<SavedWriterSnapshot, SnapshotFault | DiskError['code']>> {
  const read = await disk.readFile(path, { isShared: true });
  if (!read.ok) {
    return fail(read.error.code);
  }
  return decodeSnapshot<WriterFacts, WriterChunk>(SNAPSHOT_FILE, read.value);
}

/** Saves a snapshot, and keeps besides it the newest one before it that is named; all others go. */
export async function saveSnapshot(
  disk: Disk,
  directory: string,
  snapshot: WriterSnapshot,
  keep: { readonly before: number | undefined; readonly slices: Slices },
): Promise<Result<string, DiskError>> {
  const { number } = snapshot.header.bookmark;
  const path = join(directory, nameOf(number));
  const written = await writeSnapshot(disk, path, snapshot, keep.slices);
  if (!written.ok) {
    return written;
  }
  const kept = [number, ...(keep.before === undefined ? [] : [keep.before])].map(nameOf);
  const listed = await listSnapshots(disk, directory);
  for (const { path: other } of listed.ok ? listed.value : []) {
    if (!kept.includes(basename(other))) {
      await disk.remove(other);
    }
  }
  return succeed(path);
}

function nameOf(number: number): string {
  return `snapshot-${String(number).padStart(NUMBER_DIGITS, '0')}.json`;
}
