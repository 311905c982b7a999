import type { Bookmark } from '@fleetbook/event-log';
import { inChunks, type SavedSnapshot, type Snapshot } from '@fleetbook/snapshot';
import type { PackedOutcomes } from '../outcomes/packed-outcomes.ts';

export const SNAPSHOT_FILE = 'fleetbook-tracker-snapshot';

export interface WriterFacts {
  /** Of the keys under which the outcomes stand. */
  readonly keySeed: number;
  /** Absent in a snapshot of a release without an inbox. */
  readonly electedAt?: number;
  readonly knownSince?: number;
}

/** The rows of what a writer knows besides the ledger. */
export type WriterChunk =
  | { readonly section: 'outcomes'; readonly rows: readonly PackedOutcomes[] }
  | { readonly section: 'commits'; readonly rows: readonly Bookmark[] };

export type WriterSnapshot = Snapshot<WriterFacts, WriterChunk>;

export type SavedWriterSnapshot = SavedSnapshot<WriterFacts, WriterChunk>;

const CHUNK_OUTCOMES = 1;

export function* writerChunks(
  outcomes: Iterable<PackedOutcomes>,
  commits: Iterable<Bookmark>,
): Generator<WriterChunk, void> {
  for (const rows of inChunks(outcomes, CHUNK_OUTCOMES)) {
    yield { section: 'outcomes', rows };
  }
  for (const rows of inChunks(commits)) {
    yield { section: 'commits', rows };
  }
}
