/** What stands at a place of a table. Throws RangeError where nothing does. */
export function valueAt<Value>(table: readonly Value[], place = 0): Value {
  const value = table[place];
  if (value === undefined) {
    throw new RangeError(`nothing is shared at place ${place}`);
  }
  return value;
}
