/** A quick answer to whether a parsed JSON value has a shape; it names no fault. */
export type Check = (value: unknown) => boolean;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isText: Check = (value) => typeof value === 'string';

export const isFlag: Check = (value) => typeof value === 'boolean';

export const isWhole: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export const isPositive: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

export const isOneOf = (...values: readonly unknown[]): Check => {
  const known = new Set(values);
  return (value) => known.has(value);
};

export const isNothing: Check = (value) => value === null;

export const isEither =
  (left: Check, right: Check): Check =>
  (value) =>
    left(value) || right(value);

/** An object of the shape that its `type` names. */
export const isTyped = (checks: Readonly<Record<string, Check>>): Check => {
  const checkByType = new Map<unknown, Check>(Object.entries(checks));
  return (value) => isFields(value) && (checkByType.get(value['type'])?.(value) ?? false);
};

export const isListOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) {
      return false;
    }
    for (const item of value) {
      if (!check(item)) {
        return false;
      }
    }
    return true;
  };

/** An object with any keys, every value of one shape. */
export const isMapOf =
  (check: Check): Check =>
  (value) => {
    if (!isFields(value)) {
      return false;
    }
    for (const key in value) {
      if (!check(value[key])) {
        return false;
      }
    }
    return true;
  };

/** An object with these fields and no others; an optional field is absent or of its shape. */
export const isRecord = (
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check => {
  const fields = [
    ...Object.entries(required).map(([key, check]) => ({ key, check, isOptional: false })),
    ...Object.entries(optional).map(([key, check]) => ({ key, check, isOptional: true })),
  ];
  return (value) => {
    if (!isFields(value)) {
      return false;
    }
    let known = 0;
    for (const { key, check, isOptional } of fields) {
      const field = value[key];
      if (field !== undefined || !isOptional) {
        if (!check(field)) {
          return false;
        }
        known += 1;
      }
    }
    for (const _key in value) {
      known -= 1;
    }
    return known === 0;
  };
};

export interface OrderedField {
  readonly key: string;
  readonly check: Check;
  readonly isOptional?: boolean;
}

/** An object with these fields and no others, in this order; an optional field may be absent. */
export const isOrderedRecord =
  (fields: readonly OrderedField[]): Check =>
  (value) => {
    if (!isFields(value)) {
      return false;
    }
    let next = 0;
    for (const key in value) {
      let field = fields[next];
      while (field !== undefined && field.key !== key && field.isOptional) {
        next += 1;
        field = fields[next];
      }
      if (field === undefined || field.key !== key || !field.check(value[key])) {
        return false;
      }
      next += 1;
    }
    while (fields[next]?.isOptional) {
      next += 1;
    }
    return next === fields.length;
  };

/** An object with 1 to `maximum` keys that pass one check and values that pass the other. */
export const isBoundedMap =
  (keyCheck: Check, check: Check, maximum: number): Check =>
  (value) => {
    if (!isFields(value)) {
      return false;
    }
    let count = 0;
    for (const key in value) {
      count += 1;
      if (count > maximum || !keyCheck(key) || !check(value[key])) {
        return false;
      }
    }
    return count > 0;
  };
