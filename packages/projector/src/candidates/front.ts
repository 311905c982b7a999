import type { NodeFilter } from '@fleetbook/contracts';
import { BRIEF_ERROR, BRIEF_TERMS, LEAST, MOST, nextWithin, termsOf, type Window, writeLeft } from './brief-scan.ts';
import { MOST_FREE } from './columns.ts';
import type { FleetDemand } from './demand.ts';
import { type NodeTable, ROW_STATUS } from './node-table.ts';
import { type Bound, boundsOf, keepsAmountRules, nameTestsOf } from './possible-rows.ts';
import { type Order, tiesOf } from './ranking.ts';
import type { RowTest } from './row-test.ts';

/**
 * Rows picked out in one pass, before all are put in order: as many as are asked for and some more, since mostly one
 * row or another is not fit after all.
 */
export function frontRowsFor(limit: number): number {
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, limit + Math.ceil(limit / 2)));
}

const LEAST_ROWS = 16;
/** Each better row moves those behind it. */
const MOST_ROWS = 64;

/** A row that may serve has at least nothing left; sums beyond the safe integers may be off by their last bits. */
const LEAST_LEFT = -1e-6;
/** The front as far as it is known. */
interface Front {
  /** As many as there may be. */
  readonly most: number;
  readonly rows: number[];
}

/**
 * The best few rows that may serve a request, best first; fewer than `count` are all of them. Nearly every row is
 * settled by what it would have left by the brief columns: too little to serve, or farther from the best than the worst
 * of the few. So all else is asked of few rows. A number with a fraction that is handed from one function to another is
 * an object to be collected: what is left in a row is written down instead.
 */
export function pickFront(
  table: NodeTable,
  demand: FleetDemand,
  filter: NodeFilter,
  order: Order,
  count: number,
): readonly number[] {
  const mayServe = serveTest(table, demand, filter);
  if (mayServe === undefined) {
    return [];
  }
  const { rowCount } = table;
  const { figures: left } = table.workspace();
  const terms = termsOf(table, demand);
  const isBetter = comparisonOf(table, left, order);
  const window: Window = Float64Array.of(LEAST_LEFT - BRIEF_ERROR, Number.MAX_VALUE);
  const front: Front = { most: count, rows: [] };
  for (let row = nextWithin(window, terms, 0, rowCount); row < rowCount; ) {
    writeLeft(terms, row, left);
    if (isAmongBest(front, row, isBetter) && mayServe(row)) {
      insert(front, row, isBetter);
      narrow(window, front, table, left, order, terms.length);
    }
    row = nextWithin(window, terms, row + 1, rowCount);
  }
  return front.rows;
}

/** All that is asked of a row before the decider's own rules; undefined when no row passes. */
function serveTest(table: NodeTable, demand: FleetDemand, filter: NodeFilter): RowTest | undefined {
  const bounds = boundsOf(table, demand);
  if (bounds === undefined) {
    return undefined;
  }
  const { status } = table;
  const tests = [...nameTestsOf(table, demand, filter), keepsAmountRules(table, demand.classes)];
  return (row) => status[row] === ROW_STATUS.OFFERED && keepsBounds(bounds, row) && passesAll(tests, row);
}

// By place: asked of many rows, what goes through a list for each of them would be most of what a question leaves to
// collect.

function keepsBounds(bounds: readonly Bound[], row: number): boolean {
  for (let place = 0; place < bounds.length; place += 1) {
    const bound = bounds[place];
    if (bound !== undefined && (bound.column[row] ?? 0) < bound.least) {
      return false;
    }
  }
  return true;
}

function passesAll(tests: readonly RowTest[], row: number): boolean {
  for (let place = 0; place < tests.length; place += 1) {
    if (tests[place]?.(row) === false) {
      return false;
    }
  }
  return true;
}

type IsBetter = (row: number, other: number) => boolean;

/** Compares two rows; a total order, the same as that of all rows. */
function comparisonOf(table: NodeTable, left: Float64Array, { strategy, seed }: Order): IsBetter {
  const { suspect } = table;
  const sign = strategy === 'pack' ? 1 : -1;
  const tieOf = tiesOf(table.ranks(), seed);
  return (row, other) => {
    const difference = (suspect[row] ?? 0) - (suspect[other] ?? 0) || sign * ((left[row] ?? 0) - (left[other] ?? 0));
    return difference === 0 ? tieOf(row) < tieOf(other) : difference < 0;
  };
}

/** Most rows that are left by the window are equally good as the worst, and come after it. */
function isAmongBest({ most, rows }: Front, row: number, isBetter: IsBetter): boolean {
  const worst = rows[most - 1];
  return worst === undefined || isBetter(row, worst);
}

/** Puts a row in its place; the worst has to go once there are enough. */
function insert({ most, rows }: Front, row: number, isBetter: IsBetter): void {
  let place = Math.min(rows.length, most - 1);
  while (place > 0 && isBetter(row, rows[place - 1] ?? 0)) {
    rows[place] = rows[place - 1] ?? 0;
    place -= 1;
  }
  rows[place] = row;
}

/** Once there are enough, none is looked at that is worse than the worst; any row is better than a suspect one. */
function narrow(
  window: Window,
  { most, rows }: Front,
  { suspect }: NodeTable,
  left: Float64Array,
  { strategy }: Order,
  terms: number,
): void {
  const worst = rows[most - 1];
  if (worst === undefined || suspect[worst] !== 0) {
    return;
  }
  if (strategy === 'pack') {
    window[MOST] = (left[worst] ?? 0) + BRIEF_ERROR;
  } else {
    window[LEAST] = (left[worst] ?? 0) - BRIEF_ERROR - Math.max(0, terms - BRIEF_TERMS) * MOST_FREE;
  }
}
