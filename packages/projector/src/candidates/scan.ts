import type { NodeFilter, NodeReason } from '@fleetbook/contracts';
import type { Node } from '@fleetbook/domain';
import type { FleetDemand } from './demand.ts';
import { traitDemandOf } from './demand.ts';
import { type NodeTable, ROW_STATUS } from './node-table.ts';
import { findPossibleRows } from './possible-rows.ts';
import { aggregateTest, traitTest } from './row-test.ts';

/** The whole fleet as a question finds it: it stays as it is while others are folded. */
export interface FleetScan {
  /** Rows left by the filters, whatever their status. */
  readonly filtered: number;
  /** Rows that may serve the request; the decider's rules must still be asked. Ascending. */
  readonly possible: Uint32Array;
  /** Rows left by the filters and open to claims, those that may serve the request among them. Ascending. */
  readonly open: Uint32Array;
  /** Nodes out of the question before any rule of the request is judged. */
  readonly outside: ReadonlyMap<NodeReason, number>;
  /** The node records by row at the moment of the scan. */
  readonly records: readonly (Node | undefined)[];
}

/** The table must have been refreshed. */
export function scanFleet(table: NodeTable, demand: FleetDemand, filter: NodeFilter): FleetScan {
  const passesTraitFilter = traitTest(table.traits, traitDemandOf(filter.traits));
  const passesAggregateFilter = aggregateTest(table.aggregates, filter.aggregates);
  const { rowCount, status } = table;
  const { rows } = table.workspace();
  const possible = rows.slice(0, findPossibleRows(table, demand, filter, rows));
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
  return { filtered, possible, open: rows.slice(0, openCount), outside, records: table.records.slice() };
}

const CLOSED_BY: Readonly<Record<number, NodeReason>> = {
  [ROW_STATUS.INVENTORY_UNKNOWN]: 'INVENTORY_UNKNOWN',
  [ROW_STATUS.DISABLED]: 'NODE_DISABLED',
  [ROW_STATUS.RETIRED]: 'NODE_RETIRED',
  [ROW_STATUS.DOWN]: 'NODE_DOWN',
  [ROW_STATUS.INVENTORY_STALE]: 'INVENTORY_STALE',
  [ROW_STATUS.REPORT_OWED]: 'GUEST_REPORT_OWED',
};
