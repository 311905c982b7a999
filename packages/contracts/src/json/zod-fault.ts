import type * as z from 'zod';
import { type FleetbookError, fleetbookError } from '../errors/error.ts';
import { type FieldPath, formatPath } from './field-path.ts';

type Issue = z.core.$ZodIssue;

const UNITS_OF_SIZE: Readonly<Record<string, string>> = { string: ' character', array: ' item' };

const valueAt = (body: unknown, path: FieldPath): unknown => {
  let value: unknown = body;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) {
      return undefined;
    }
    value = Reflect.get(value, segment);
  }
  return value;
};

const sizeRule = (word: string, limit: number | bigint, issue: { origin: string; inclusive?: boolean }): string => {
  const unit = UNITS_OF_SIZE[issue.origin] ?? '';
  const plural = unit === '' || Number(limit) === 1 ? '' : 's';
  return `${issue.inclusive === false ? 'more than' : word} ${limit}${unit}${plural}`;
};

const ruleOf = (issue: Issue, body: unknown): string => {
  switch (issue.code) {
    case 'invalid_type':
      return valueAt(body, issue.path) === undefined ? 'required' : issue.message;
    case 'too_small':
      return sizeRule('at least', issue.minimum, issue);
    case 'too_big':
      return sizeRule('at most', issue.maximum, issue);
    case 'invalid_value':
      return valueAt(body, issue.path) === undefined ? 'required' : `one of: ${issue.values.join(', ')}`;
    case 'invalid_union':
      return valueAt(body, issue.path) === undefined ? 'required' : issue.message;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
};

/**
 * The one fault that a reply names: an unknown field before a wrong one, otherwise in the order of the fields.
 * `body` is what was judged.
 */
export const faultOf = (issues: readonly Issue[], body: unknown): FleetbookError => {
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      return fleetbookError('UNKNOWN_FIELD', { path: formatPath([...issue.path, ...issue.keys.slice(0, 1)]) });
    }
  }
  const [issue] = issues;
  return issue === undefined
    ? fleetbookError('INTERNAL_ERROR')
    : fleetbookError('INVALID_FIELD', { path: formatPath(issue.path), rule: ruleOf(issue, body) });
};
