import type { Position } from '../port.ts';

/** A position is the number of records before it, so the revision of the record after it. */
export function asPosition(value: number): Position {
  if (!isPosition(value)) {
    throw new RangeError(`${value} is no position`);
  }
  return value;
}

function isPosition(value: number): value is Position {
  return Number.isSafeInteger(value) && value >= 0;
}
