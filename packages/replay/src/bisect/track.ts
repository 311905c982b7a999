import type { PredicateOperator, PredicateTerm } from '@fleetbook/contracts';
import type { Segment } from '../index/segment.ts';

/** One term of a predicate, followed through the segments of a log in their order. */
export interface Track {
  readonly term: PredicateTerm;
  /** Goes on to a segment, up to event `last` of it: whether the term can be true anywhere in it. */
  enter(segment: Segment, last: number): Promise<boolean>;
  /** Reads the segment; gives its events with which the value may change, ascending. */
  read(): Promise<readonly number[]>;
  /** After event `number` of a segment that was read, at the time of its decision; undefined: no figure yet. */
  valueAt(number: number, at: number): number | undefined;
  /** Leaves the segment, read or not. */
  leave(): Promise<void>;
}

/** Nothing is true of a figure that there is not yet. */
export function holds(term: PredicateTerm, value: number | undefined): boolean {
  if (value === undefined) {
    return false;
  }
  return term.kind === 'count' ? value >= term.atLeast : compares(term.operator, value, term.value);
}

function compares(operator: PredicateOperator, value: number, wanted: number): boolean {
  switch (operator) {
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '==':
      return value === wanted;
    case '!=':
      return value !== wanted;
  }
}

/** An event and what a figure is after it. */
export interface Step {
  readonly number: number;
  readonly value: number;
}

/** The value of the last step that is not after an event; `before` where there is none. */
export function valueAfter<Before>(steps: readonly Step[], number: number, before: Before): number | Before {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle]?.number ?? 0) <= number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return steps[low - 1]?.value ?? before;
}
