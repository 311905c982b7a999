import type { Result } from '@fleetbook/domain';
import type { Slices } from '@fleetbook/operations';
import { hashedIn, type RestoreFault, restoreLedger } from '@fleetbook/snapshot';
import { createInventoryView, type InventoryView, instancesOf, type ViewSettings } from '../view/inventory-view.ts';
import type { SideTenantRow } from '../view/side-tenants.ts';
import type { IndexChunk, SavedCheckpoint } from './capture.ts';

/** The view that a checkpoint was taken of. */
export async function restoreCheckpoint(
  checkpoint: SavedCheckpoint,
  slices: Slices,
  settings: Partial<ViewSettings> = {},
): Promise<Result<InventoryView, RestoreFault>> {
  const { bookmark, previous, at, digest, own } = checkpoint.header;
  const saved = { ...settings, idSeed: own.idSeed ?? 0 };
  return restoreLedger(checkpoint, { slices, instances: instancesOf(saved) }, async (ledger) => {
    const view = createInventoryView({ ledger, bookmark, previous, at, digest }, saved);
    for (const chunk of checkpoint.ownChunks) {
      restoreIndex(view, chunk);
      await slices.pause();
    }
    view.outcomes.restored(own.outcomesCompleteFrom);
    return view;
  });
}

function restoreIndex(view: InventoryView, chunk: IndexChunk): void {
  const { nodes, instances, moves } = view.histories;
  switch (chunk.section) {
    case 'nodeHistory':
      chunk.rows.forEach(nodes.restore);
      return;
    case 'instanceHistory':
      chunk.rows.forEach(instances.restore);
      return;
    case 'moveHistory':
      chunk.rows.forEach(moves.restore);
      return;
    case 'settled':
      view.settled.restoreIds(hashedIn(chunk.bytes, chunk.count));
      return;
    case 'settledNumbers':
      view.settled.restorePage(chunk.bytes);
      return;
    case 'sideTenants':
      restoreSides(view, chunk.rows);
      return;
    case 'outcomes':
      for (const row of chunk.rows) view.outcomes.add(...row);
      return;
    case 'bookmarks':
      chunk.rows.forEach(view.bookmarks.add);
  }
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
