import type { NodeFilter, NodeReason } from '@fleetbook/contracts';
import { traitDemandOf } from './demand.ts';
import { type NodeTable, ROW_STATUS } from './node-table.ts';
import { aggregateTest, traitTest } from './row-test.ts';

/** The whole fleet as a question finds it. */
export interface FleetScan {
  /** Rows left by the filters, whatever their status. */
  readonly filtered: number;
  /** Rows left by the filters and open to claims, ascending. Valid until the next look over all rows. */
  readonly open: Uint32Array;
  /** Nodes out of the question before any rule of the request is judged. */
  readonly outside: ReadonlyMap<NodeReason, number>;
}

/** The table must have been refreshed. */
export function scanFleet(table: NodeTable, filter: NodeFilter): FleetScan {
  const passesTraitFilter = traitTest(table.traits, traitDemandOf(filter.traits));
  const passesAggregateFilter = aggregateTest(table.aggregates, filter.aggregates);
  const { rowCount, status } = table;
  const { rows } = table.workspace();
  const outside = new Map<NodeReason, number>();
  let filtered = 0;
  let openCount = 0;

  function exclude(reason: NodeReason): void {
    outside.set(reason, (outside.get(reason) ?? 0) + 1);
  }

  for (let row = 0; row < rowCount; row += 1) {
    const rowStatus = status[row] ?? ROW_STATUS.ABSENT;
    if (rowStatus === ROW_STATUS.ABSENT) {
      continue;
    }
    if (passesTraitFilter?.(row) === false) {
      exclude('FILTERED_BY_TRAIT');
    } else if (passesAggregateFilter?.(row) === false) {
      exclude('FILTERED_BY_AGGREGATE');
    } else {
      filtered += 1;
      const closed = CLOSED_BY[rowStatus];
      if (closed === undefined) {
        rows[openCount] = row;
        openCount += 1;
      } else {
        exclude(closed);
      }
    }
  }
  return { filtered, open: rows.subarray(0, openCount), outside };
}

const CLOSED_BY: Readonly<Record<number, NodeReason>> = {
  [ROW_STATUS.INVENTORY_UNKNOWN]: 'INVENTORY_UNKNOWN',
  [ROW_STATUS.DISABLED]: 'NODE_DISABLED',
  [ROW_STATUS.RETIRED]: 'NODE_RETIRED',
  [ROW_STATUS.DOWN]: 'NODE_DOWN',
  [ROW_STATUS.INVENTORY_STALE]: 'INVENTORY_STALE',
  [ROW_STATUS.REPORT_OWED]: 'GUEST_REPORT_OWED',
};
