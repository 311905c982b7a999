import type { Check, OrderedField } from '../json/check.ts';
import { isBoundedMap, isFlag, isOrderedRecord, isPositive, isWhole } from '../json/check.ts';
import type { JsonObject } from '../json/reader.ts';
import { CLASS_PATTERN, GROUP_NAME_PATTERN, ID_PATTERN, LABEL_KEY_PATTERN, PRINTABLE_PATTERN } from '../names.ts';
import { MAXIMUM_COUNT } from './request-schema.ts';
import type { CommandBodies } from './schemas.ts';

/*
 * Claims are nearly all of the load, so the plainest of them are recognised without the schema, three times as fast.
 * Whatever this does not recognise is judged by the schema. A property test holds that what it recognises is what
 * the schema would have read: same fields, same order.
 */

const matches =
  (pattern: RegExp, maximum = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    typeof value === 'string' && value.length <= maximum && pattern.test(value);

const isShortText: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= 64 && PRINTABLE_PATTERN.test(value);

/** The schema turns minus zero into zero. */
const isTime: Check = (value) => isWhole(value) && !Object.is(value, -0);

const isId = matches(ID_PATTERN);

const required = (key: string, check: Check): OrderedField => ({ key, check });

const optional = (key: string, check: Check): OrderedField => ({ key, check, isOptional: true });

const isOrigin = isOrderedRecord([
  required('client', isShortText),
  required('version', isShortText),
  required('host', isShortText),
]);

const isAmounts = isBoundedMap(matches(CLASS_PATTERN), isPositive, 64);

const isLabels = isBoundedMap(matches(LABEL_KEY_PATTERN), matches(PRINTABLE_PATTERN, 256), 32);

const isGroup = isOrderedRecord([
  required('name', matches(GROUP_NAME_PATTERN)),
  required('resources', isAmounts),
  optional('count', (value) => isPositive(value) && Number(value) <= MAXIMUM_COUNT),
  optional('isolate', isFlag),
]);

/** One group has a name of its own, so no name stands twice. */
const isSingleGroup: Check = (value) => Array.isArray(value) && value.length === 1 && isGroup(value[0]);

const isRequest = isOrderedRecord([required('resources', isAmounts), optional('groups', isSingleGroup)]);

const isPlainClaim = isOrderedRecord([
  required('commandId', isId),
  required('issuedAt', isTime),
  optional('correlationId', isId),
  required('origin', isOrigin),
  required('node', isId),
  required('instance', isId),
  optional('tenant', isId),
  optional('labels', isLabels),
  required('request', isRequest),
]);

/** Whether a body is a claim of plain resources with its fields in the stored order. */
export const isQuickClaim = (body: JsonObject): body is JsonObject & CommandBodies['ClaimInstance'] =>
  isPlainClaim(body);
