import type { Check, OrderedField } from '../json/check.ts';
import { isBoundedMap, isFlag, isOrderedRecord, isPositive, isWhole } from '../json/check.ts';
import { CLASS_PATTERN, GROUP_NAME_PATTERN, ID_PATTERN, PRINTABLE_PATTERN } from '../names.ts';
import { MAXIMUM_COUNT } from './request-schema.ts';

/*
 * Claims, reports that say nothing new and questions for candidates are nearly all of the load, so the plainest of
 * them are recognised without their schemas, three times as fast. Whatever is not recognised is judged by the schema.
 * Property tests hold that what is recognised is what the schema would have read: same fields, same order.
 */

export const matches =
  (pattern: RegExp, maximum = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    typeof value === 'string' && value.length <= maximum && pattern.test(value);

export const required = (key: string, check: Check): OrderedField => ({ key, check });

export const optional = (key: string, check: Check): OrderedField => ({ key, check, isOptional: true });

export const isId = matches(ID_PATTERN);

export const isClass = matches(CLASS_PATTERN);

/** The schema turns minus zero into zero. */
export const isCount: Check = (value) => isWhole(value) && !Object.is(value, -0);

const isShortText: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= 64 && PRINTABLE_PATTERN.test(value);

const isOrigin = isOrderedRecord([
  required('client', isShortText),
  required('version', isShortText),
  required('host', isShortText),
]);

/** What every command has, in the stored order. */
export const ENVELOPE: readonly OrderedField[] = [
  required('commandId', isId),
  required('issuedAt', isCount),
  optional('correlationId', isId),
  required('origin', isOrigin),
];

const isAmounts = isBoundedMap(isClass, isPositive, 64);

const isGroup = isOrderedRecord([
  required('name', matches(GROUP_NAME_PATTERN)),
  required('resources', isAmounts),
  optional('count', (value) => isPositive(value) && Number(value) <= MAXIMUM_COUNT),
  optional('isolate', isFlag),
]);

/** One group has a name of its own, so no name stands twice. */
const isSingleGroup: Check = (value) => Array.isArray(value) && value.length === 1 && isGroup(value[0]);

/** A request for plain resources, and for those of one group at most. */
export const isPlainRequest = isOrderedRecord([required('resources', isAmounts), optional('groups', isSingleGroup)]);
