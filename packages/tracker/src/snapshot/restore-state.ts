import { InstanceTable, type Ledger, type Result } from '@fleetbook/domain';
import { recordHash } from '@fleetbook/event-log';
import type { Slices } from '@fleetbook/operations';
import {
  MILESTONE_EVENTS,
  MilestoneDigests,
  passesMilestone,
  type RestoreFault,
  RunningDigest,
  restoreLedger,
} from '@fleetbook/snapshot';
import { forgetOldOutcomes, type StateOptions, type WriterState } from '../office/writer-state.ts';
import type { CommandKeys } from '../outcomes/command-key.ts';
import { CommitIndex } from '../outcomes/commit-index.ts';
import { OutcomeTable } from '../outcomes/outcome-table.ts';
import type { SavedWriterSnapshot } from './state-rows.ts';

export interface RestoreOptions extends Pick<StateOptions, 'clock' | 'timers' | 'milestoneEvents'> {
  readonly keysOf: (seed: number) => CommandKeys;
  readonly slices: Slices;
}

/** The state that a snapshot was taken of. */
export async function restoreState(
  options: RestoreOptions,
  snapshot: SavedWriterSnapshot,
): Promise<Result<WriterState, RestoreFault>> {
  const instances = new InstanceTable(snapshot.header.own.keySeed, recordHash);
  return restoreLedger(snapshot, { slices: options.slices, instances }, (ledger) =>
    buildState(options, snapshot, ledger),
  );
}

async function buildState(
  { clock, timers, keysOf, slices, milestoneEvents: strideEvents = MILESTONE_EVENTS }: RestoreOptions,
  { header, ownChunks }: SavedWriterSnapshot,
  ledger: Ledger,
): Promise<WriterState> {
  const outcomes = new OutcomeTable();
  const commits = new CommitIndex();
  for (const chunk of ownChunks) {
    if (chunk.section === 'outcomes') {
      for (const row of chunk.rows) outcomes.restore(row);
    } else {
      for (const row of chunk.rows) commits.add(row);
    }
    await slices.pause();
  }
  const { bookmark, previous, at, digest, own } = header;
  const isAtMilestone = passesMilestone(previous.number, bookmark.number, strideEvents);
  const start = { upTo: bookmark.number, digest };
  const state: WriterState = {
    ledger,
    outcomes,
    commits,
    keys: keysOf(own.keySeed),
    digest: new RunningDigest({ ledger, clock, timers, start: digest }),
    milestones: new MilestoneDigests({ strideEvents, ...(isAtMilestone ? { start } : {}) }),
    begunAt: bookmark.number,
    capture: undefined,
    bookmark,
    lastNumber: bookmark.number,
    lastAt: at,
    electedAt: own.electedAt ?? 0,
    knownSince: own.knownSince ?? at,
  };
  forgetOldOutcomes(state);
  return state;
}
