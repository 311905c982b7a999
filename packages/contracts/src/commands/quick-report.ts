import type { Check } from '../json/check.ts';
import { isListOf, isOneOf, isOrderedRecord, isPositive } from '../json/check.ts';
import type { JsonObject } from '../json/reader.ts';
import { MAXIMUM_INVENTORIES, MAXIMUM_PROVIDERS, MAXIMUM_TRAITS, MAXIMUM_UNITS } from './node-schemas.ts';
import { ENVELOPE, isClass, isCount, isId, optional, required } from './quick-parts.ts';
import type { CommandBodies } from './schemas.ts';

const isBoundedList = (check: Check, maximum: number): Check => {
  const isList = isListOf(check);
  return (value) => Array.isArray(value) && value.length <= maximum && isList(value);
};

const isBoundedSet = (check: Check, maximum: number): Check => {
  const isList = isBoundedList(check, maximum);
  return (value) => isList(value) && Array.isArray(value) && (value.length < 2 || new Set(value).size === value.length);
};

const isInventory = isOrderedRecord([
  required('class', isClass),
  required('total', isCount),
  optional('reserved', isCount),
  optional('minUnit', isPositive),
  optional('maxUnit', isPositive),
  optional('stepSize', isPositive),
  optional('units', isBoundedList(isId, MAXIMUM_UNITS)),
]);

const isProvider = isOrderedRecord([
  required('id', isId),
  optional('parent', isId),
  required('inventories', isBoundedList(isInventory, MAXIMUM_INVENTORIES)),
  optional('traits', isBoundedSet(isClass, MAXIMUM_TRAITS)),
  optional('aggregates', isBoundedSet(isId, MAXIMUM_TRAITS)),
]);

const isProviders = isBoundedList(isProvider, MAXIMUM_PROVIDERS);

const isPlainReport = isOrderedRecord([
  ...ENVELOPE,
  required('node', isId),
  required('incarnation', isPositive),
  required('sequence', isPositive),
  required('mode', isOneOf('full')),
  required('providers', (value) => isProviders(value) && Array.isArray(value) && value.length > 0),
]);

/** Whether a body is a full report without allocation ratios, with its fields in the stored order. */
export const isQuickReport = (body: JsonObject): body is JsonObject & CommandBodies['ReportInventory'] =>
  isPlainReport(body);
