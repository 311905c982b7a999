import type { NodeFilter, NodeReason } from '@fleetbook/contracts';
import type { Node, ResourceRequest } from '@fleetbook/domain';
import { demandOf, type FleetDemand, traitDemandOf } from './demand.ts';
import { type NodeTable, ROW_STATUS } from './node-table.ts';
import { aggregateTest, headroomTest, traitTest } from './row-test.ts';

/** One look over all rows: what the columns alone can say. */
export interface FleetScan {
  readonly demand: FleetDemand;
  /** Nodes of the cell, whatever their status. */
  readonly nodes: number;
  /** Rows left by the filters, whatever their status. */
  readonly filtered: number;
  /** Rows that may serve the request; the decider's rules must still be asked. */
  readonly possible: Uint32Array;
  /** Rows open to claims that cannot serve it; why, the decider's rules tell. */
  readonly impossible: Uint32Array;
  /** Nodes out of the question before any rule of the request is judged. */
  readonly outside: ReadonlyMap<NodeReason, number>;
  /** The node records by row at the moment of the scan: they do not change while others are folded. */
  readonly records: readonly (Node | undefined)[];
}

export function scanFleet(table: NodeTable, request: ResourceRequest, filter: NodeFilter): FleetScan {
  table.refresh();
  const demand = demandOf(request);
  const passesTraitFilter = traitTest(table.traits, traitDemandOf(filter.traits));
  const passesAggregateFilter = aggregateTest(table.aggregates, filter.aggregates);
  const mayHaveTraits = traitTest(table.traits, demand);
  const mayHaveRoom = headroomTest(table, demand.classes);
  const { rowCount, status } = table;
  const possible = new Uint32Array(rowCount);
  const impossible = new Uint32Array(rowCount);
  const outside = new Map<NodeReason, number>();
  let nodes = 0;
  let filtered = 0;
  let possibleCount = 0;
  let impossibleCount = 0;

  function exclude(reason: NodeReason): void {
    outside.set(reason, (outside.get(reason) ?? 0) + 1);
  }

  for (let row = 0; row < rowCount; row += 1) {
    const rowStatus = status[row] ?? ROW_STATUS.ABSENT;
    if (rowStatus === ROW_STATUS.ABSENT) {
      continue;
    }
    nodes += 1;
    if (!passesTraitFilter(row)) {
      exclude('FILTERED_BY_TRAIT');
      continue;
    }
    if (!passesAggregateFilter(row)) {
      exclude('FILTERED_BY_AGGREGATE');
      continue;
    }
    filtered += 1;
    const closed = CLOSED_BY[rowStatus];
    if (closed !== undefined) {
      exclude(closed);
    } else if (mayHaveRoom(row) && mayHaveTraits(row)) {
      possible[possibleCount] = row;
      possibleCount += 1;
    } else {
      impossible[impossibleCount] = row;
      impossibleCount += 1;
    }
  }
  return {
    demand,
    nodes,
    filtered,
    possible: possible.subarray(0, possibleCount),
    impossible: impossible.subarray(0, impossibleCount),
    outside,
    records: table.records.slice(),
  };
}

const CLOSED_BY: Readonly<Record<number, NodeReason>> = {
  [ROW_STATUS.INVENTORY_UNKNOWN]: 'INVENTORY_UNKNOWN',
  [ROW_STATUS.DISABLED]: 'NODE_DISABLED',
  [ROW_STATUS.RETIRED]: 'NODE_RETIRED',
  [ROW_STATUS.DOWN]: 'NODE_DOWN',
  [ROW_STATUS.INVENTORY_STALE]: 'INVENTORY_STALE',
};
