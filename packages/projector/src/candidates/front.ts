import type { NodeFilter } from '@fleetbook/contracts';
import type { FleetDemand } from './demand.ts';
import { type NodeTable, ROW_STATUS } from './node-table.ts';
import { boundsOf, keepsAmountRules, nameTestsOf } from './possible-rows.ts';
import { type Order, tiesOf } from './ranking.ts';
import type { RowTest } from './row-test.ts';

/** Rows picked out in one pass, before all are put in order: mostly they are all that is asked for. */
export const FRONT_ROWS = 32;

/** A row that may serve has at least nothing left; sums beyond the safe integers may be off by their last bits. */
const LEAST_LEFT = -1e-6;

/** What is left in a row, between these, may be good enough for the front. */
interface Window {
  least: number;
  most: number;
}

/**
 * The best few rows that may serve a request, best first; fewer than `FRONT_ROWS` are all of them. Nearly every row is
 * settled by what it would have left: too little to serve, or farther from the best than the worst of the few. So all
 * else is asked of few rows.
 */
export function pickFront(table: NodeTable, demand: FleetDemand, filter: NodeFilter, order: Order): readonly number[] {
  const mayServe = serveTest(table, demand, filter);
  if (mayServe === undefined) {
    return [];
  }
  const { rowCount } = table;
  const left = writeLeft(table, demand);
  const isBetter = comparisonOf(table, left, order);
  const window: Window = { least: LEAST_LEFT, most: Number.MAX_VALUE };
  const front: number[] = [];
  for (
    let row = nextWithin(window, left, 0, rowCount);
    row < rowCount;
    row = nextWithin(window, left, row + 1, rowCount)
  ) {
    if (mayServe(row)) {
      insert(front, row, isBetter);
      narrow(window, front, table, left, order);
    }
  }
  return front;
}

/**
 * The first row from `from` on that may be good enough; `rowCount` when there is none. Nothing but numbers, on its own:
 * whatever else a question asks, its code stays as fast, and leaves nothing to collect.
 */
function nextWithin({ least, most }: Window, left: Float64Array, from: number, rowCount: number): number {
  let row = from;
  // One product and one branch that is nearly never taken: two branches, each taken half the time, cost more.
  while (row < rowCount && ((left[row] ?? 0) - least) * (most - (left[row] ?? 0)) < 0) {
    row += 1;
  }
  return row;
}

/** All that is asked of a row before the decider's own rules; undefined when no row passes. */
function serveTest(table: NodeTable, demand: FleetDemand, filter: NodeFilter): RowTest | undefined {
  const bounds = boundsOf(table, demand);
  if (bounds === undefined) {
    return undefined;
  }
  const { status } = table;
  const tests = [...nameTestsOf(table, demand, filter), keepsAmountRules(table, demand.classes)];
  // Loops: asked of many rows, a function made for each of them would be most of what a question leaves to collect.
  return (row) => {
    if (status[row] !== ROW_STATUS.OFFERED) {
      return false;
    }
    for (const { column, least } of bounds) {
      if ((column[row] ?? 0) < least) {
        return false;
      }
    }
    for (const test of tests) {
      if (!test(row)) {
        return false;
      }
    }
    return true;
  };
}

/** Per row the shares of the capacities asked about that would be left, summed up over the classes. */
function writeLeft(table: NodeTable, { classes }: FleetDemand): Float64Array {
  const { rowCount } = table;
  const { scores } = table.workspace();
  let isFirst = true;
  for (const { class: name, sum } of classes) {
    const columns = table.classColumns(name);
    if (columns === undefined) {
      continue;
    }
    const { sumHeadroom, capacity } = columns;
    if (isFirst) {
      for (let row = 0; row < rowCount; row += 1) {
        scores[row] = ((sumHeadroom[row] ?? 0) - sum) / (capacity[row] ?? 0);
      }
    } else {
      for (let row = 0; row < rowCount; row += 1) {
        scores[row] = (scores[row] ?? 0) + ((sumHeadroom[row] ?? 0) - sum) / (capacity[row] ?? 0);
      }
    }
    isFirst = false;
  }
  return isFirst ? scores.fill(0, 0, rowCount) : scores;
}

type IsBetter = (left: number, right: number) => boolean;

/** Compares two rows; a total order, the same as that of all rows. */
function comparisonOf(table: NodeTable, left: Float64Array, { strategy, seed }: Order): IsBetter {
  const { suspect } = table;
  const sign = strategy === 'pack' ? 1 : -1;
  const tieOf = tiesOf(table.ranks(), seed);
  return (one, other) => {
    const difference = (suspect[one] ?? 0) - (suspect[other] ?? 0) || sign * ((left[one] ?? 0) - (left[other] ?? 0));
    return difference === 0 ? tieOf(one) < tieOf(other) : difference < 0;
  };
}

/** Puts a row in its place, if it is among the best. */
function insert(front: number[], row: number, isBetter: IsBetter): void {
  let at = front.length;
  while (at > 0 && isBetter(row, front[at - 1] ?? 0)) {
    at -= 1;
  }
  if (at < FRONT_ROWS) {
    const last = Math.min(front.length, FRONT_ROWS - 1);
    for (let place = last; place > at; place -= 1) {
      front[place] = front[place - 1] ?? 0;
    }
    front[at] = row;
  }
}

/** Once there are enough, none is looked at that is worse than the worst; any row is better than a suspect one. */
function narrow(
  window: Window,
  front: readonly number[],
  { suspect }: NodeTable,
  left: Float64Array,
  { strategy }: Order,
): void {
  const worst = front[FRONT_ROWS - 1];
  if (worst !== undefined && suspect[worst] === 0) {
    window[strategy === 'pack' ? 'most' : 'least'] = left[worst] ?? 0;
  }
}
