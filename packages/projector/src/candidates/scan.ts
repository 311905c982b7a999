import type { NodeFilter, NodeReason } from '@fleetbook/contracts';
import type { Node } from '@fleetbook/domain';
import { traitDemandOf } from './demand.ts';
import { type NodeTable, ROW_STATUS } from './node-table.ts';
import { aggregateTest, traitTest } from './row-test.ts';

/** The whole fleet as a question finds it. */
export interface FleetScan {
  /** Rows left by the filters and open to claims, ascending. Valid until the next look over all rows. */
  readonly open: Uint32Array;
  /** Nodes out of the question before any rule of the request is judged. */
  readonly outside: ReadonlyMap<NodeReason, number>;
}

/** The table must have been refreshed. */
export function scanFleet(table: NodeTable, filter: NodeFilter): FleetScan {
  const outsideOf = createOutsideTest(table, filter);
  const { rowCount, status } = table;
  const { rows } = table.workspace();
  const outside = new Map<NodeReason, number>();
  let openCount = 0;

  for (let row = 0; row < rowCount; row += 1) {
    if (status[row] === ROW_STATUS.ABSENT) {
      continue;
    }
    const reason = outsideOf(row);
    if (reason === undefined) {
      rows[openCount] = row;
      openCount += 1;
    } else {
      outside.set(reason, (outside.get(reason) ?? 0) + 1);
    }
  }
  return { open: rows.subarray(0, openCount), outside };
}

/** Nodes left by the filters that take no claims now. The table must have been refreshed. */
export function closedNodes(table: NodeTable, filter: NodeFilter): readonly Node[] {
  const outsideOf = createOutsideTest(table, filter);
  return table.records.filter((node, row): node is Node => {
    const reason = node === undefined ? undefined : outsideOf(row);
    return reason !== undefined && reason !== 'FILTERED_BY_TRAIT' && reason !== 'FILTERED_BY_AGGREGATE';
  });
}

/** Why nodes are out of a question before any rule of the request is judged. */
export const OUTSIDE_REASONS = [
  'FILTERED_BY_TRAIT',
  'FILTERED_BY_AGGREGATE',
  'INVENTORY_UNKNOWN',
  'NODE_DISABLED',
  'NODE_RETIRED',
  'NODE_DOWN',
  'INVENTORY_STALE',
  'GUEST_REPORT_OWED',
] as const satisfies readonly NodeReason[];

type OutsideReason = (typeof OUTSIDE_REASONS)[number];

/** Why a row that is there is out of the question; undefined when it is left by the filters and open to claims. */
export function createOutsideTest(table: NodeTable, filter: NodeFilter): (row: number) => OutsideReason | undefined {
  const passesTraitFilter = traitTest(table.traits, traitDemandOf(filter.traits));
  const passesAggregateFilter = aggregateTest(table.aggregates, filter.aggregates);
  const { status } = table;
  return (row) => {
    if (passesTraitFilter?.(row) === false) {
      return 'FILTERED_BY_TRAIT';
    }
    if (passesAggregateFilter?.(row) === false) {
      return 'FILTERED_BY_AGGREGATE';
    }
    return CLOSED_BY[status[row] ?? ROW_STATUS.ABSENT];
  };
}

const CLOSED_BY: Readonly<Record<number, OutsideReason>> = {
  [ROW_STATUS.INVENTORY_UNKNOWN]: 'INVENTORY_UNKNOWN',
  [ROW_STATUS.DISABLED]: 'NODE_DISABLED',
  [ROW_STATUS.RETIRED]: 'NODE_RETIRED',
  [ROW_STATUS.DOWN]: 'NODE_DOWN',
  [ROW_STATUS.INVENTORY_STALE]: 'INVENTORY_STALE',
  [ROW_STATUS.REPORT_OWED]: 'GUEST_REPORT_OWED',
};
