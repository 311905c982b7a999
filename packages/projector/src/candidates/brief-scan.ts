import type { BriefColumns, ClassColumns } from './columns.ts';
import type { FleetDemand } from './demand.ts';
import type { NodeTable } from './node-table.ts';

/** How far what the brief columns say may be off: they have seven digits, of numbers up to `MOST_FREE`. */
export const BRIEF_ERROR = 1e-4;
/** The same of an amount, as a factor. */
const BRIEF_DIGITS = 1 - 1e-6;

/**
 * What is left in a row, between `least` and `most`, may be good enough for the front. In an array of numbers, as what
 * is asked of a class: a fraction that is read from a field is an object to be collected, and these are read often.
 */
export type Window = Float64Array;

export const LEAST = 0;
export const MOST = 1;

const SUM = 0;
const LARGEST = 1;

/** What is asked of a class, with its columns. */
export interface Term extends BriefColumns {
  readonly columns: ClassColumns;
  /** The sum of all amounts; the most that one provider must give, to the digits of the brief columns. */
  readonly wanted: Float64Array;
}

/** Classes whose brief columns are read: of the others at least nothing is left in a row that may serve. */
export const BRIEF_TERMS = 3;

export function termsOf(table: NodeTable, { classes }: FleetDemand): readonly Term[] {
  return classes.flatMap(({ class: name, amounts, sum }) => {
    const columns = table.classColumns(name);
    const largest = Math.max(...amounts.map(({ amount }) => amount)) * BRIEF_DIGITS;
    return columns === undefined ? [] : [{ columns, wanted: Float64Array.of(sum, largest), ...columns.brief }];
  });
}

function hasLargest({ highest, wanted }: Term, row: number): boolean {
  return (highest[row] ?? 0) >= (wanted[LARGEST] ?? 0);
}

/** The first row from `from` on that may be good enough; `rowCount` when there is none. */
export function nextWithin(window: Window, terms: readonly Term[], from: number, rowCount: number): number {
  const one = terms[0];
  const two = terms[1];
  const three = terms[2];
  if (one === undefined) {
    return from;
  }
  if (two === undefined) {
    return nextOfOne(window, one, from, rowCount);
  }
  return three === undefined
    ? nextOfTwo(window, one, two, from, rowCount)
    : nextOfThree(window, one, two, three, from, rowCount);
}

// Nothing but numbers, each on its own, by the number of classes: a sum kept in memory from one class to the next costs
// three times as much. One product and one branch that is nearly never taken: two branches, each taken half the time,
// cost more as well.

function nextOfOne(window: Window, one: Term, from: number, rowCount: number): number {
  const { free, perUnit } = one;
  const sum = one.wanted[SUM] ?? 0;
  const least = window[LEAST] ?? 0;
  const most = window[MOST] ?? 0;
  for (let row = from; row < rowCount; row += 1) {
    const left = (free[row] ?? 0) - sum * (perUnit[row] ?? 0);
    if (!((left - least) * (most - left) < 0) && hasLargest(one, row)) {
      return row;
    }
  }
  return rowCount;
}

function nextOfTwo(window: Window, one: Term, two: Term, from: number, rowCount: number): number {
  const { free: oneFree, perUnit: onePerUnit } = one;
  const oneSum = one.wanted[SUM] ?? 0;
  const { free: twoFree, perUnit: twoPerUnit } = two;
  const twoSum = two.wanted[SUM] ?? 0;
  const least = window[LEAST] ?? 0;
  const most = window[MOST] ?? 0;
  for (let row = from; row < rowCount; row += 1) {
    const oneLeft = (oneFree[row] ?? 0) - oneSum * (onePerUnit[row] ?? 0);
    const twoLeft = (twoFree[row] ?? 0) - twoSum * (twoPerUnit[row] ?? 0);
    const left = oneLeft + twoLeft;
    if (!((left - least) * (most - left) < 0) && hasLargest(one, row) && hasLargest(two, row)) {
      return row;
    }
  }
  return rowCount;
}

function nextOfThree(window: Window, one: Term, two: Term, three: Term, from: number, rowCount: number): number {
  const { free: oneFree, perUnit: onePerUnit } = one;
  const oneSum = one.wanted[SUM] ?? 0;
  const { free: twoFree, perUnit: twoPerUnit } = two;
  const twoSum = two.wanted[SUM] ?? 0;
  const { free: threeFree, perUnit: threePerUnit } = three;
  const threeSum = three.wanted[SUM] ?? 0;
  const least = window[LEAST] ?? 0;
  const most = window[MOST] ?? 0;
  for (let row = from; row < rowCount; row += 1) {
    const oneLeft = (oneFree[row] ?? 0) - oneSum * (onePerUnit[row] ?? 0);
    const twoLeft = (twoFree[row] ?? 0) - twoSum * (twoPerUnit[row] ?? 0);
    const threeLeft = (threeFree[row] ?? 0) - threeSum * (threePerUnit[row] ?? 0);
    const left = oneLeft + twoLeft + threeLeft;
    if (!((left - least) * (most - left) < 0)) {
      if (hasLargest(one, row) && hasLargest(two, row) && hasLargest(three, row)) {
        return row;
      }
    }
  }
  return rowCount;
}

/** Writes down for a row the shares of the capacities asked about that would be left, summed up over the classes. */
export function writeLeft(terms: readonly Term[], row: number, left: Float64Array): void {
  let sumLeft = 0;
  // By place: what goes through a list otherwise is an object to be collected, for each row.
  for (let place = 0; place < terms.length; place += 1) {
    const term = terms[place];
    if (term !== undefined) {
      const { sumHeadroom, capacity } = term.columns;
      sumLeft += ((sumHeadroom[row] ?? 0) - (term.wanted[SUM] ?? 0)) / (capacity[row] ?? 0);
    }
  }
  left[row] = sumLeft;
}
