import { isUtf8 } from 'node:buffer';
import { type CommitHeader, HASH_SUFFIX_BYTES, headerText, MAX_EVENTS_PER_COMMIT } from './encode.ts';
import { LogDamageError } from './port.ts';

/** What a stored commit says before its first event. */
export interface StoredHeader extends CommitHeader {
  /** Of each event's text, in bytes. */
  readonly lengths: readonly number[];
  /** Where the first event's text begins. */
  readonly byteLength: number;
}

const COMMIT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Nothing that a header may hold contains it earlier. */
const HEADER_END = '],"events":[';
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;

/** The header of a stored commit in the canonical form. Throws LogDamageError 'malformed' for any other text. */
export function readHeader(bytes: Buffer): StoredHeader {
  if (!isUtf8(bytes)) {
    throw new LogDamageError('malformed', 'the text is not UTF-8');
  }
  const byteLength = bytes.indexOf(HEADER_END) + HEADER_END.length;
  const text = bytes.toString('latin1', 0, byteLength);
  const raw: unknown = text.endsWith(HEADER_END) ? JSON.parse(`${text}]}`) : undefined;
  if (!isHeader(raw)) {
    throw new LogDamageError('malformed', 'the commit lacks a field or has one of a wrong type');
  }
  if (headerText(raw, raw.lengths) !== text || !areLengthsTrue(bytes, byteLength, raw.lengths)) {
    throw new LogDamageError('malformed', 'the commit is not written in the canonical form');
  }
  return { ...raw, byteLength };
}

/** Of any parsed JSON; undefined where there is none. */
export function fieldOf(raw: unknown, key: string): unknown {
  return typeof raw === 'object' && raw !== null ? Reflect.get(raw, key) : undefined;
}

function isHeader(raw: unknown): raw is Omit<StoredHeader, 'byteLength'> {
  const commitId = fieldOf(raw, 'commitId');
  const lengths = fieldOf(raw, 'lengths');
  return (
    typeof commitId === 'string' &&
    COMMIT_ID.test(commitId) &&
    Number.isSafeInteger(fieldOf(raw, 'epoch')) &&
    Number.isSafeInteger(fieldOf(raw, 'firstNumber')) &&
    typeof fieldOf(raw, 'previousHash') === 'string' &&
    Array.isArray(lengths) &&
    lengths.every(Number.isSafeInteger) &&
    lengths.length >= 1 &&
    lengths.length <= MAX_EVENTS_PER_COMMIT
  );
}

/** Each stated length must span one event, and all of them together everything between the brackets. */
function areLengthsTrue(bytes: Buffer, headerLength: number, lengths: readonly number[]): boolean {
  let offset = headerLength;
  for (const length of lengths) {
    const end = offset + length;
    if (bytes[offset] !== OPENING_BRACE || bytes[end - 1] !== CLOSING_BRACE) {
      return false;
    }
    const isLast = end === bytes.length - HASH_SUFFIX_BYTES - 1;
    if (bytes[end] !== (isLast ? CLOSING_BRACKET : COMMA)) {
      return false;
    }
    offset = end + 1;
  }
  return offset === bytes.length - HASH_SUFFIX_BYTES;
}
