import type { FieldPath } from './field-path.ts';

/** A body's keys, counted, and whether one of them is the key that assigns a prototype. */
export interface KeyCount {
  keys: number;
  hasPrototypeKey: boolean;
}

export const PROTOTYPE_KEY = '__proto__';

const isContainer = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Adds the keys of a parsed value, at every depth. Parsed values are shallow: the depth was capped before. */
export const countKeys = (value: unknown, count: KeyCount): void => {
  if (Array.isArray(value)) {
    for (const item of value) {
      if (isContainer(item)) {
        countKeys(item, count);
      }
    }
  } else if (isContainer(value)) {
    for (const key in value) {
      count.keys += 1;
      if (key === PROTOTYPE_KEY) {
        count.hasPrototypeKey = true;
      }
      const child = value[key];
      if (isContainer(child)) {
        countKeys(child, count);
      }
    }
  }
};

/** Path of the first key or string for which the test holds, the container before what is in it. */
export const findText = (
  value: unknown,
  test: { readonly key?: (key: string) => boolean; readonly text?: (text: string) => boolean },
  path: FieldPath = [],
): FieldPath | undefined => {
  if (typeof value === 'string') {
    return test.text?.(value) ? path : undefined;
  }
  if (!isContainer(value)) {
    return undefined;
  }
  const isArray = Array.isArray(value);
  for (const [key, child] of Object.entries(value)) {
    const childPath = [...path, isArray ? Number(key) : key];
    const found = !isArray && test.key?.(key) ? childPath : findText(child, test, childPath);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
};
