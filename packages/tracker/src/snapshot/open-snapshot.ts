import { fail, type Result } from '@fleetbook/domain';
import { type EventLog, LogDamageError } from '@fleetbook/event-log';
import type { Disk, Logger } from '@fleetbook/operations';
import { matchLog } from '@fleetbook/snapshot';
import type { WriterState } from '../office/writer-state.ts';
import { type RestoreOptions, restoreState } from './restore-state.ts';
import { listSnapshots, readSnapshot, type SnapshotFile } from './snapshot-files.ts';

export interface OpenSnapshotOptions extends RestoreOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly cell: string;
  readonly log: EventLog;
  readonly logger: Logger;
}

/**
 * The state of the newest snapshot in the directory that is whole, of this program's fold and of this log; undefined
 * when there is none. Throws LogDamageError when one shows that the log has lost what was durable, LogUnavailableError
 * while the log cannot be asked.
 */
export async function openSnapshot(options: OpenSnapshotOptions): Promise<WriterState | undefined> {
  const { disk, directory, logger } = options;
  const listed = await listSnapshots(disk, directory);
  if (!listed.ok) {
    const { code, cause } = listed.error;
    logger.warn('snapshots cannot be listed', { errCode: code, err: cause });
    return undefined;
  }
  for (const file of listed.value) {
    const opened = await open(options, file);
    if (opened.ok) {
      logger.info('snapshot opened', { number: file.number });
      return opened.value;
    }
    const { reason, cause: err } = opened.error;
    logger.warn('snapshot ignored', { reason, path: file.path, ...(err === undefined ? {} : { err }) });
  }
  return undefined;
}

/** Why a file is not used. */
interface Unfit {
  readonly reason: string;
  readonly cause?: unknown;
}

async function open(options: OpenSnapshotOptions, { path, number }: SnapshotFile): Promise<Result<WriterState, Unfit>> {
  const { disk, cell, log } = options;
  const read = await readSnapshot(disk, path);
  if (!read.ok) {
    return fail({ reason: read.error });
  }
  const { header } = read.value;
  if (header.cell !== cell) {
    return fail({ reason: 'other-cell' });
  }
  if (header.bookmark.number !== number) {
    return fail({ reason: 'other-number' });
  }
  const match = await matchHistory(log, header);
  if (match !== 'matches') {
    return fail({ reason: match });
  }
  return restoreState(options, read.value);
}

/** A log that was never of the snapshot's history has lost nothing of it; the marks tell whether it should be. */
async function matchHistory(
  log: EventLog,
  saved: Parameters<typeof matchLog>[1],
): Promise<'matches' | 'given-up' | 'other-history'> {
  try {
    return await matchLog(log, saved);
  } catch (error) {
    if (error instanceof LogDamageError && error.kind === 'other-history') {
      return 'other-history';
    }
    throw error;
  }
}
