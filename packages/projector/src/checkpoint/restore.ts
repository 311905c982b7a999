import { canonicalRecords, emptyLedger, install, type Node, ProviderTree } from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import type { EntityRow } from '../view/entity-history.ts';
import { createInventoryView, type InventoryView } from '../view/inventory-view.ts';
import type { OutcomeRow } from '../view/outcome-index.ts';
import type { SideTenantRow } from '../view/side-tenants.ts';
import type { Checkpoint, CheckpointChunk, NodeRow } from './format.ts';

/**
 * The view that a checkpoint was taken of. Undefined when the restored records do not give the digest that the
 * checkpoint states: then they are not what was folded.
 */
export function restoreCheckpoint({ header, chunks }: Checkpoint): InventoryView | undefined {
  const ledger = emptyLedger();
  ledger.cell = header.cellRecord;
  const indexRows: CheckpointChunk[] = [];
  for (const chunk of chunks) {
    if (chunk.section === 'nodes') {
      install(
        ledger,
        chunk.rows.map((row) => ({ table: 'nodes', key: row.id, before: undefined, after: nodeOf(row) })),
      );
    } else if (chunk.section === 'instances') {
      install(
        ledger,
        chunk.rows.map((after) => ({ table: 'instances', key: after.id, before: undefined, after })),
      );
    } else if (chunk.section === 'moves') {
      install(
        ledger,
        chunk.rows.map((after) => ({ table: 'moves', key: after.id, before: undefined, after })),
      );
    } else {
      indexRows.push(chunk);
    }
  }
  const digest = createDigest();
  for (const record of canonicalRecords(ledger)) {
    digest.add(record);
  }
  if (digest.hex() !== header.digest) {
    return undefined;
  }
  const { bookmark, previous, at } = header;
  const view = createInventoryView({ ledger, bookmark, previous, at, digest: header.digest });
  restoreIndexes(view, indexRows, header.outcomesCompleteFrom);
  return view;
}

function nodeOf({ providers, ...node }: NodeRow): Node {
  return { ...node, tree: ProviderTree.of(providers) };
}

function restoreIndexes(view: InventoryView, chunks: readonly CheckpointChunk[], outcomesCompleteFrom: number): void {
  const { nodes, instances, moves } = view.histories;
  const outcomes: OutcomeRow[] = [];
  const restoreRows = (rows: readonly EntityRow[], restore: (row: EntityRow) => void): void => rows.forEach(restore);
  for (const chunk of chunks) {
    if (chunk.section === 'nodeHistory') {
      restoreRows(chunk.rows, nodes.restore);
    } else if (chunk.section === 'instanceHistory') {
      restoreRows(chunk.rows, instances.restore);
    } else if (chunk.section === 'moveHistory') {
      restoreRows(chunk.rows, moves.restore);
    } else if (chunk.section === 'sideTenants') {
      restoreSides(view, chunk.rows);
    } else if (chunk.section === 'outcomes') {
      outcomes.push(...chunk.rows);
    } else if (chunk.section === 'bookmarks') {
      for (const bookmark of chunk.rows) {
        view.bookmarks.add(bookmark);
      }
    }
  }
  view.outcomes.restore(outcomesCompleteFrom, outcomes);
}

/** Sides of open moves are counted already, with the tenant of their instance. */
function restoreSides({ ledger, tenants }: InventoryView, rows: readonly SideTenantRow[]): void {
  const known = new Set(tenants.sides().map(([moveId]) => moveId));
  for (const [moveId, tenant] of rows) {
    const move = ledger.moves.get(moveId);
    if (move !== undefined && !known.has(moveId)) {
      tenants.restoreSide(move, tenant);
    }
  }
}
