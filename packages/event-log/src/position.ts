import type { Position } from './port.ts';

/** Throws RangeError for a number that no adapter gives as a position. */
export function asPosition(value: number): Position {
  if (!isPosition(value)) {
    throw new RangeError(`${value} is no position`);
  }
  return value;
}

function isPosition(value: number): value is Position {
  return Number.isSafeInteger(value) && value >= 0;
}
