import type { Result } from '@fleetbook/domain';
import { succeed } from '@fleetbook/domain';
import type { Bookmark } from '@fleetbook/event-log';
import type { DiskError } from '@fleetbook/operations';
import { foldCommit, initialState } from '../office/writer-state.ts';
import { type OpenSnapshotOptions, openSnapshot } from './open-snapshot.ts';
import { saveSnapshot } from './snapshot-files.ts';
import { StateCapture } from './state-capture.ts';

export interface CreateSnapshotOptions extends OpenSnapshotOptions {
  /** For the keys of outcomes, where no snapshot tells another one. */
  readonly keySeed: number;
}

export interface CreatedSnapshot {
  /** Undefined where there was nothing to save: no event after the newest snapshot. */
  readonly path: string | undefined;
  readonly bookmark: Bookmark;
  /** The last event of the snapshot that the fold began with, 0 without one. */
  readonly begunAt: number;
}

/**
 * Folds a log from the newest usable snapshot to its end, and saves what comes of it. For whoever is no tracker: nobody
 * waits for it. Throws LogDamageError and LogUnavailableError, and an Error on an event that cannot be folded.
 */
export async function createSnapshot(options: CreateSnapshotOptions): Promise<Result<CreatedSnapshot, DiskError>> {
  const { disk, directory, log, clock, timers, keysOf, keySeed, slices } = options;
  const opened = await openSnapshot(options);
  const state = opened ?? initialState({ clock, timers, keys: keysOf(keySeed) });
  const begunAt = state.bookmark.number;
  for await (const commits of log.read(state.bookmark)) {
    for (const commit of commits) {
      foldCommit(state, commit);
    }
  }
  const { bookmark } = state;
  const snapshot = begunAt === bookmark.number ? undefined : await new StateCapture(state, 'urgent').snapshot(bookmark);
  if (snapshot === undefined) {
    return succeed({ path: undefined, bookmark, begunAt });
  }
  const before = opened === undefined ? undefined : begunAt;
  const saved = await saveSnapshot(disk, directory, snapshot, { before, slices });
  return saved.ok ? succeed({ path: saved.value, bookmark, begunAt }) : saved;
}
