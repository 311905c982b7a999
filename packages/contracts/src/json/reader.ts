import { fail, type Result, succeed } from '@fleetbook/domain';
import { type FleetbookError, fleetbookError } from '../errors/error.ts';
import { findDuplicateKey } from './duplicate-key.ts';
import { formatPath } from './field-path.ts';
import { findRoundedNumber } from './rounded-number.ts';
import { type Scan, scanJson } from './scan.ts';
import { countKeys, findText, type KeyCount, PROTOTYPE_KEY } from './walk.ts';

export const MAXIMUM_BODY_BYTES = 256 * 1024;

/** Nested objects and arrays; the body itself is the first level. */
export const MAXIMUM_DEPTH = 32;

/** A JSON object whose keys are unknown. */
export type JsonObject = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const malformed = (reason: string): Result<never, FleetbookError> =>
  fail(fleetbookError('MALFORMED_JSON', { reason: reason.slice(0, 200).toWellFormed() }));

const decode = (bytes: Uint8Array, scan: Scan): string | undefined => {
  if (scan.isAscii) {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return buffer.toString('latin1');
  }
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
};

const parse = (text: string): Result<unknown, FleetbookError> => {
  try {
    const value: unknown = JSON.parse(text);
    return succeed(value);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return malformed(error.message);
    }
    throw error;
  }
};

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nameFault = (text: string, value: JsonObject, count: KeyCount): FleetbookError | undefined => {
  if (count.hasPrototypeKey) {
    const path = findText(value, { key: (key) => key === PROTOTYPE_KEY }) ?? [];
    return fleetbookError('UNKNOWN_FIELD', { path: formatPath(path) });
  }
  const path = findDuplicateKey(text);
  return path === undefined ? undefined : fleetbookError('DUPLICATE_KEY', { path: formatPath(path) });
};

const roundedNumber = (text: string): FleetbookError | undefined => {
  const path = findRoundedNumber(text);
  return path === undefined ? undefined : fleetbookError('INVALID_FIELD', { path: formatPath(path), rule: 'integer' });
};

const loneSurrogate = (value: JsonObject): FleetbookError | undefined => {
  const isBroken = (text: string): boolean => !text.isWellFormed();
  const path = findText(value, { key: isBroken, text: isBroken });
  return path === undefined
    ? undefined
    : fleetbookError('INVALID_FIELD', { path: formatPath(path), rule: 'well-formed unicode' });
};

/**
 * Reads a message body: one JSON object in UTF-8, at most 256 KiB and 32 levels deep, no key twice, none that
 * would assign a prototype, no half surrogate pair, no fraction that would be rounded to an integer. Errors:
 * BODY_TOO_LARGE, TOO_DEEP, MALFORMED_JSON, DUPLICATE_KEY, UNKNOWN_FIELD, INVALID_FIELD.
 */
export const readJson = (bytes: Uint8Array): Result<JsonObject, FleetbookError> => {
  if (bytes.length > MAXIMUM_BODY_BYTES) {
    return fail(fleetbookError('BODY_TOO_LARGE', { bytes: bytes.length, limit: MAXIMUM_BODY_BYTES }));
  }
  const scan = scanJson(bytes, MAXIMUM_DEPTH);
  if (scan.isTooDeep) {
    return fail(fleetbookError('TOO_DEEP', { limit: MAXIMUM_DEPTH }));
  }
  const text = decode(bytes, scan);
  if (text === undefined) {
    return malformed('not UTF-8');
  }
  const parsed = parse(text);
  if (!parsed.ok) {
    return parsed;
  }
  const { value } = parsed;
  if (!isJsonObject(value)) {
    return fail(fleetbookError('INVALID_FIELD', { path: formatPath([]), rule: 'object' }));
  }
  const count: KeyCount = { keys: 0, hasPrototypeKey: false };
  countKeys(value, count);
  const isSuspect = count.hasPrototypeKey || count.keys !== scan.colons;
  const fault = isSuspect ? nameFault(text, value, count) : undefined;
  const finding =
    fault ??
    (scan.hasSurrogateEscape ? loneSurrogate(value) : undefined) ??
    (scan.hasFraction ? roundedNumber(text) : undefined);
  return finding === undefined ? succeed(value) : fail(finding);
};
