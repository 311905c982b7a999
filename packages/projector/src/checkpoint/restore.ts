import type { Slices } from '@fleetbook/operations';
import { restoreLedger } from '@fleetbook/snapshot';
import type { EntityRow } from '../view/entity-history.ts';
import { createInventoryView, type InventoryView, type ViewLimits } from '../view/inventory-view.ts';
import type { OutcomeRow } from '../view/outcome-index.ts';
import type { SideTenantRow } from '../view/side-tenants.ts';
import type { Checkpoint, IndexChunk } from './capture.ts';

/**
 * The view that a checkpoint was taken of. Undefined when the restored records do not give the digest that the
 * checkpoint states: then they are not what was folded.
 */
export async function restoreCheckpoint(
  checkpoint: Checkpoint,
  slices: Slices,
  limits: Partial<ViewLimits> = {},
): Promise<InventoryView | undefined> {
  const indexRows: IndexChunk[] = [];
  const ledger = await restoreLedger(checkpoint, (chunk) => void indexRows.push(chunk), slices);
  if (ledger === undefined) {
    return undefined;
  }
  const { bookmark, previous, at, digest, own } = checkpoint.header;
  const view = createInventoryView({ ledger, bookmark, previous, at, digest }, limits);
  restoreIndexes(view, indexRows, own.outcomesCompleteFrom);
  return view;
}

function restoreIndexes(view: InventoryView, chunks: readonly IndexChunk[], outcomesCompleteFrom: number): void {
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
