import type { Slices } from '@fleetbook/operations';
import type { NodeTable } from './node-table.ts';

/** Nodes looked at between two looks at the clock. */
const ROWS_AT_ONCE = 16;

/** A long read has changed every node: without this the first question waits until all of them are looked at. */
export async function prepareTable(table: NodeTable, slices: Slices): Promise<void> {
  while (!table.refresh(ROWS_AT_ONCE)) {
    await slices.pause();
  }
  table.ranks();
}
