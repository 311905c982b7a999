import type { Node } from '@fleetbook/domain';
import type { InventoryView } from '../view/inventory-view.ts';
import {
  type Checkpoint,
  type CheckpointChunk,
  type CheckpointHeader,
  DIGEST_VERSION,
  FOLD_VERSION,
  type NodeRow,
} from './format.ts';

/** Rows written in one go, about a millisecond of work: a node has many records inside. */
const CHUNK_ROWS = 200;
const CHUNK_NODES = 20;

/**
 * Takes the view's state as it is now; it can be written later, while the view goes on. That is cheap, because
 * records are replaced and never changed. Undefined before the ledger was created.
 */
export function captureCheckpoint(view: InventoryView): Checkpoint | undefined {
  const { ledger, bookmark, previous, at } = view;
  if (ledger.cell === undefined) {
    return undefined;
  }
  const header: CheckpointHeader = {
    file: 'fleetbook-projector-checkpoint',
    foldVersion: FOLD_VERSION,
    digestVersion: DIGEST_VERSION,
    cell: ledger.cell.cell,
    historyId: ledger.cell.historyId,
    bookmark,
    previous,
    at,
    digest: view.digest.hex(),
    outcomesCompleteFrom: view.outcomes.completeFrom,
    cellRecord: ledger.cell,
  };
  const nodes = Array.from(ledger.nodes.values());
  const instances = Array.from(ledger.instances.values());
  const moves = Array.from(ledger.moves.values());
  const sideTenants = view.tenants.sides();
  const nodeHistory = view.histories.nodes.capture();
  const instanceHistory = view.histories.instances.capture();
  const moveHistory = view.histories.moves.capture();
  const outcomes = view.outcomes.capture();
  const bookmarks = view.bookmarks.all();
  function* chunks(): Generator<CheckpointChunk, void> {
    for (const rows of inChunks(nodes.values().map(rowOf), CHUNK_NODES)) yield { section: 'nodes', rows };
    for (const rows of inChunks(instances)) yield { section: 'instances', rows };
    for (const rows of inChunks(moves)) yield { section: 'moves', rows };
    for (const rows of inChunks(sideTenants)) yield { section: 'sideTenants', rows };
    for (const rows of inChunks(nodeHistory())) yield { section: 'nodeHistory', rows };
    for (const rows of inChunks(instanceHistory())) yield { section: 'instanceHistory', rows };
    for (const rows of inChunks(moveHistory())) yield { section: 'moveHistory', rows };
    for (const rows of inChunks(outcomes())) yield { section: 'outcomes', rows };
    for (const rows of inChunks(bookmarks)) yield { section: 'bookmarks', rows };
  }
  return { header, chunks: chunks() };
}

function rowOf({ tree, ...node }: Node): NodeRow {
  return { ...node, providers: tree.providers };
}

function* inChunks<Row>(rows: Iterable<Row>, chunkRows = CHUNK_ROWS): Generator<readonly Row[], void> {
  let chunk: Row[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length === chunkRows) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) {
    yield chunk;
  }
}
