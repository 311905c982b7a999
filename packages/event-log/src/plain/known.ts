/*
 * What a log says again and again is made once. Nobody can tell an equal string or an equal record that nobody changes
 * from another, so that forgetting one costs memory and time only.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

const FNV_PRIME = 0x01000193;

/** The hash of no bytes. Whoever passes over bytes to find their end takes each of them in, and looks at none twice. */
export const HASH_START = 0x811c9dc5 | 0;

export function hashOfNext(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, FNV_PRIME);
}

/** Strings by their bytes, one for each place of the table: a newer one takes the place of an older one. */
export class KnownStrings {
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #strings: string[];

  /** @param size a power of two. */
  constructor(size: number) {
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    this.#strings = new Array<string>(size).fill('');
  }

  /** The string of bytes that are all ASCII, with their hash. */
  of(bytes: Buffer, start: number, end: number, hash: number): string {
    const place = (hash ^ (hash >>> 15)) & this.#mask;
    if (this.#hashes[place] === hash) {
      const known = this.#strings[place] ?? '';
      if (known.length === end - start && isWrittenAt(known, bytes, start)) {
        return known;
      }
    }
    const string = bytes.toString('latin1', start, end);
    this.#hashes[place] = hash;
    this.#strings[place] = string;
    return string;
  }
}

export function isWrittenAt(string: string, bytes: Uint8Array, start: number): boolean {
  for (let place = 0; place < string.length; place += 1) {
    if (string.charCodeAt(place) !== bytes[start + place]) {
      return false;
    }
  }
  return true;
}

interface Known<Value> {
  readonly text: Uint8Array;
  readonly value: Value;
}

/** Values of one shape by their JSON text. */
export class KnownValues<Value> {
  readonly #isOfShape: (value: unknown) => value is Value;
  readonly #mask: number;
  readonly #known: (Known<Value> | undefined)[];
  #newest: Known<Value> | undefined;
  /** Of the value passed over last. */
  #hash = HASH_START;

  /** @param size a power of two. */
  constructor(isOfShape: (value: unknown) => value is Value, size: number) {
    this.#isOfShape = isOfShape;
    this.#mask = size - 1;
    this.#known = new Array<Known<Value> | undefined>(size).fill(undefined);
  }

  /**
   * Reads the object or list that begins at `start`. A whole object or list ends where it ends: bytes that begin with
   * a known one hold that one, whatever follows. Undefined for anything of another shape, and for no JSON.
   */
  read(bytes: Buffer, start: number, limit: number): Known<Value> | undefined {
    if (this.#newest !== undefined && beginsWith(bytes, start, this.#newest.text)) {
      return this.#newest;
    }
    const end = this.#endOfValue(bytes, start, limit);
    if (end === undefined) {
      return undefined;
    }
    const place = (this.#hash ^ (this.#hash >>> 15)) & this.#mask;
    const known = this.#known[place];
    this.#newest =
      known?.text.length === end - start && beginsWith(bytes, start, known.text)
        ? known
        : this.#parse(bytes, start, end);
    this.#known[place] = this.#newest ?? known;
    return this.#newest;
  }

  /** After the bracket that closes the one at `start`; undefined if none stands there, or nothing closes it. */
  #endOfValue(bytes: Uint8Array, start: number, limit: number): number | undefined {
    let hash = HASH_START;
    let depth = 0;
    let isString = false;
    for (let at = start; at < limit; at += 1) {
      const byte = bytes[at] ?? 0;
      hash = hashOfNext(hash, byte);
      if (byte === QUOTE) {
        isString = !isString;
      } else if (isString) {
        at += byte === BACKSLASH ? 1 : 0;
      } else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
        depth += 1;
      } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
        depth -= 1;
        if (depth === 0) {
          this.#hash = hash;
          return at + 1;
        }
      }
      if (depth === 0) {
        return undefined;
      }
    }
    return undefined;
  }

  #parse(bytes: Buffer, start: number, end: number): Known<Value> | undefined {
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
    if (!this.#isOfShape(value)) {
      return undefined;
    }
    freeze(value);
    return { text: Uint8Array.from(bytes.subarray(start, end)), value };
  }
}

/** With all that is in it: it is one for all. */
function freeze(value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
}

export function beginsWith(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let place = 0; place < text.length; place += 1) {
    if (bytes[start + place] !== text[place]) {
      return false;
    }
  }
  return true;
}
