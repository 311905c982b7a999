import type { NodeFilter } from '@fleetbook/contracts';
import { type ClassColumns, MAXIMUM_HEADROOMS } from './columns.ts';
import type { AmountDemand, ClassDemand, FleetDemand } from './demand.ts';
import { traitDemandOf } from './demand.ts';
import { type NodeTable, ROW_STATUS } from './node-table.ts';
import { aggregateTest, type RowTest, traitTest } from './row-test.ts';

/** The least that a row must have in a column. */
export interface Bound {
  readonly column: Float64Array;
  readonly least: number;
}

/** What the columns of a row must have for the amounts asked for; undefined when no row has a class of them. */
export function boundsOf(table: NodeTable, { classes }: FleetDemand): readonly Bound[] | undefined {
  const bounds: Bound[] = [];
  for (const { class: name, amounts, sum } of classes) {
    const columns = table.classColumns(name);
    for (const { amount, count } of amounts) {
      const column = columns?.headrooms[Math.min(count, MAXIMUM_HEADROOMS) - 1];
      if (column === undefined) {
        return undefined;
      }
      bounds.push({ column, least: amount });
    }
    if (columns !== undefined && !isWithinHeadrooms(amounts)) {
      bounds.push({ column: columns.sumHeadroom, least: sum });
    }
  }
  return bounds;
}

/** What a request and a filter ask of the names of a row. */
export function nameTestsOf(table: NodeTable, demand: FleetDemand, filter: NodeFilter): readonly RowTest[] {
  const tests = [
    traitTest(table.traits, demand),
    traitTest(table.traits, traitDemandOf(filter.traits)),
    aggregateTest(table.aggregates, filter.aggregates),
  ];
  return tests.filter((test) => test !== undefined);
}

/**
 * The rows that may serve a request, ascending, written to `rows`; returns how many. Whether the amounts keep the
 * rules of the inventories is not judged here: see `keepsAmountRules`.
 * @param rows room for every row of the table
 */
export function findPossibleRows(table: NodeTable, demand: FleetDemand, filter: NodeFilter, rows: Uint32Array): number {
  const bounds = boundsOf(table, demand);
  if (bounds === undefined) {
    return 0;
  }
  let count = offeredRows(table, rows);
  for (const { column, least } of bounds) {
    count = keepAtLeast(rows, count, column, least);
  }
  for (const test of nameTestsOf(table, demand, filter)) {
    count = keepPassing(rows, count, test);
  }
  return count;
}

/** Providers that each have headroom for their own share have it for the sum. */
function isWithinHeadrooms(amounts: readonly AmountDemand[]): boolean {
  return amounts.length === 1 && amounts.every((each) => each.count <= MAXIMUM_HEADROOMS);
}

/** Whether the amounts may be taken in one go where all providers of a row have the same rules. */
export function keepsAmountRules(table: NodeTable, demands: readonly ClassDemand[]): RowTest {
  const checks = demands.flatMap(({ class: name, amounts }) => {
    const columns = table.classColumns(name);
    return columns === undefined ? [] : amounts.map((amount) => ({ columns, amount }));
  });
  // By place: asked of many rows, what is made to go through a list is most of what a question leaves to collect.
  return (row) => {
    for (let place = 0; place < checks.length; place += 1) {
      const check = checks[place];
      if (check?.columns.isUniform[row] === 1 && breaksAmountRule(check.columns, row, check.amount)) {
        return false;
      }
    }
    return true;
  };
}

export function breaksAmountRule(
  { minUnit, maxUnit, stepSize }: ClassColumns,
  row: number,
  { amount }: Pick<AmountDemand, 'amount'>,
): boolean {
  const step = stepSize[row] ?? 1;
  return amount < (minUnit[row] ?? 0) || amount > (maxUnit[row] ?? 0) || (step !== 1 && amount % step !== 0);
}

function offeredRows({ status, rowCount }: NodeTable, rows: Uint32Array): number {
  let count = 0;
  for (let row = 0; row < rowCount; row += 1) {
    // Written whether it counts or not: a branch that is not taken half the time costs more.
    rows[count] = row;
    count += status[row] === ROW_STATUS.OFFERED ? 1 : 0;
  }
  return count;
}

function keepAtLeast(rows: Uint32Array, length: number, column: Float64Array, least: number): number {
  let count = 0;
  for (let index = 0; index < length; index += 1) {
    const row = rows[index] ?? 0;
    rows[count] = row;
    count += (column[row] ?? 0) >= least ? 1 : 0;
  }
  return count;
}

function keepPassing(rows: Uint32Array, length: number, test: RowTest): number {
  let count = 0;
  for (let index = 0; index < length; index += 1) {
    const row = rows[index] ?? 0;
    if (test(row)) {
      rows[count] = row;
      count += 1;
    }
  }
  return count;
}
