import type { Bookmark } from '@fleetbook/event-log';
import {
  bytesOfHashed,
  DIGEST_VERSION,
  FOLD_VERSION,
  inChunks,
  type LedgerChunk,
  type LedgerRecords,
  ledgerChunks,
  type SavedSnapshot,
  type Snapshot,
} from '@fleetbook/snapshot';
import type { EntityRow } from '../view/entity-history.ts';
import type { InventoryView } from '../view/inventory-view.ts';
import type { OutcomeRow } from '../view/outcome-index.ts';
import type { SideTenantRow } from '../view/side-tenants.ts';

export const CHECKPOINT_FILE = 'fleetbook-projector-checkpoint';

export interface CheckpointFacts {
  readonly outcomesCompleteFrom: number;
  /** Of the tables whose hashes of ids are in it; absent in older ones, which have 0. */
  readonly idSeed?: number;
}

/** The rows of the projector's indexes, besides those of the ledger. */
export type IndexChunk =
  | { readonly section: 'sideTenants'; readonly rows: readonly SideTenantRow[] }
  | { readonly section: 'nodeHistory' | 'instanceHistory' | 'moveHistory'; readonly rows: readonly EntityRow[] }
  /** Ids of settled histories, as bytes of columns, and the bytes of their numbers. */
  | { readonly section: 'settled'; readonly count: number; readonly bytes: Uint8Array }
  | { readonly section: 'settledNumbers'; readonly bytes: Uint8Array }
  | { readonly section: 'outcomes'; readonly rows: readonly OutcomeRow[] }
  | { readonly section: 'bookmarks'; readonly rows: readonly Bookmark[] };

export type Checkpoint = Snapshot<CheckpointFacts, IndexChunk>;

export type SavedCheckpoint = SavedSnapshot<CheckpointFacts, IndexChunk>;

/** Makes a checkpoint of what was captured, once the digest of that moment is known. */
export type SealCheckpoint = (digest: string) => Checkpoint;

/** The view's state as it is now, with its digest. Undefined before the ledger was created. */
export function captureCheckpoint(view: InventoryView, records: LedgerRecords): Checkpoint | undefined {
  return captureState(view, records)?.(view.digest.hex());
}

/**
 * Takes the view's state as it is now; it can be written later, while the view goes on. Undefined before the ledger was
 * created. @param records captured from the view at the same moment: they are read when they are written.
 */
export function captureState(view: InventoryView, records: LedgerRecords): SealCheckpoint | undefined {
  const { ledger, bookmark, previous, at } = view;
  if (ledger.cell === undefined) {
    return undefined;
  }
  const header: Omit<Checkpoint['header'], 'digest'> = {
    file: CHECKPOINT_FILE,
    foldVersion: FOLD_VERSION,
    digestVersion: DIGEST_VERSION,
    cell: ledger.cell.cell,
    historyId: ledger.cell.historyId,
    bookmark,
    previous,
    at,
    cellRecord: ledger.cell,
    own: { outcomesCompleteFrom: view.outcomes.completeFrom, idSeed: view.idSeed },
  };
  const indexes = captureIndexes(view);
  function* chunks(): Generator<LedgerChunk | IndexChunk, void> {
    yield* ledgerChunks(records);
    yield* indexes;
  }
  return (digest) => ({ header: { ...header, digest }, chunks: chunks() });
}

function captureIndexes(view: InventoryView): Iterable<IndexChunk> {
  const sideTenants = view.tenants.sides();
  const nodeHistory = view.histories.nodes.capture();
  const instanceHistory = view.histories.instances.capture();
  const moveHistory = view.histories.moves.capture();
  const settled = view.settled.capture();
  const outcomes = view.outcomes.capture();
  const bookmarks = view.bookmarks.all();
  function* chunks(): Generator<IndexChunk, void> {
    for (const rows of inChunks(sideTenants)) yield { section: 'sideTenants', rows };
    for (const rows of inChunks(nodeHistory())) yield { section: 'nodeHistory', rows };
    for (const rows of inChunks(instanceHistory())) yield { section: 'instanceHistory', rows };
    for (const ids of settled.ids) yield { section: 'settled', count: ids.count, bytes: bytesOfHashed(ids) };
    for (const bytes of settled.pages) yield { section: 'settledNumbers', bytes };
    for (const rows of inChunks(moveHistory())) yield { section: 'moveHistory', rows };
    for (const rows of inChunks(outcomes())) yield { section: 'outcomes', rows };
    for (const rows of inChunks(bookmarks)) yield { section: 'bookmarks', rows };
  }
  return chunks();
}
