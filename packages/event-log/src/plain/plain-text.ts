import { beginsWith, HASH_START, hashOfNext, isWrittenAt, type KnownStrings, type KnownValues } from './known.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const FIRST_BEYOND_ASCII = 0x80;
const ZERO = 0x30;
const NINE = 0x39;
/** Any integer of so many digits is safe. */
const MAX_DIGITS = 15;
const HASH_DIGITS = 32;

/** 1 for each byte that stands in a string of ASCII for itself, and does not end it. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte !== QUOTE && byte !== BACKSLASH && byte >= FIRST_PRINTABLE && byte < FIRST_BEYOND_ASCII),
);
const IS_HASH_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number('0123456789abcdef'.includes(String.fromCharCode(byte))),
);

/**
 * Reads JSON text piece by piece as it is expected to stand there. Once something else does, it stays not plain and
 * gives anything: only what was read when `isWhole` is true counts.
 */
export class PlainText {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #isPlain = false;

  begin(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#isPlain = true;
  }

  /** Everything was as expected, up to the end. */
  get isWhole(): boolean {
    return this.#isPlain && this.#at === this.#end;
  }

  /** The text stands next, and is passed over. */
  has(text: Uint8Array): boolean {
    const isNext = this.#isPlain && beginsWith(this.#bytes, this.#at, text);
    this.#at += isNext ? text.length : 0;
    return isNext;
  }

  expect(text: Uint8Array): void {
    this.#isPlain = this.has(text);
  }

  /** An integer from 0 on. */
  whole(): number {
    const start = this.#at;
    let value = 0;
    let digit = (this.#bytes[this.#at] ?? 0) - ZERO;
    while (digit >= 0 && digit <= NINE - ZERO) {
      value = value * 10 + digit;
      this.#at += 1;
      digit = (this.#bytes[this.#at] ?? 0) - ZERO;
    }
    const digits = this.#at - start;
    const isNumber = digits > 0 && digits <= MAX_DIGITS && (digits === 1 || this.#bytes[start] !== ZERO);
    this.#isPlain &&= isNumber;
    return value;
  }

  positive(): number {
    const value = this.whole();
    this.#isPlain &&= value > 0;
    return value;
  }

  /** A string of ASCII that needs no escape, up to the quote that ends it. */
  string(): string {
    const start = this.#at;
    return this.#bytes.toString('latin1', start, this.#passString());
  }

  /** A string that is likely to come again. @param likely what it is most likely to be, given by this before. */
  name(names: KnownStrings, likely = ''): string {
    const bytes = this.#bytes;
    const start = this.#at;
    if (likely !== '' && bytes[start + likely.length] === QUOTE && isWrittenAt(likely, bytes, start)) {
      this.#at = start + likely.length + 1;
      return likely;
    }
    let hash = HASH_START;
    let at = start;
    let byte = bytes[at] ?? 0;
    while (IS_PLAIN[byte] === 1) {
      hash = hashOfNext(hash, byte);
      at += 1;
      byte = bytes[at] ?? 0;
    }
    this.#isPlain &&= byte === QUOTE;
    this.#at = at + 1;
    return names.of(bytes, start, at, hash);
  }

  /** 32 hexadecimal digits. */
  hash(): string {
    const bytes = this.#bytes;
    const start = this.#at;
    const end = start + HASH_DIGITS;
    let at = start;
    while (at < end && IS_HASH_DIGIT[bytes[at] ?? 0] === 1) {
      at += 1;
    }
    this.#isPlain &&= at === end && bytes[end] === QUOTE;
    this.#at = end + 1;
    return bytes.toString('latin1', start, end);
  }

  /** An object or a list. Throws as JSON.parse does. */
  value<Value>(values: KnownValues<Value>): Value | undefined {
    const known = this.#isPlain ? values.read(this.#bytes, this.#at, this.#end) : undefined;
    this.#isPlain = known !== undefined;
    this.#at += known?.text.length ?? 0;
    return known?.value;
  }

  /** Where the string ends; its quote is passed over. */
  #passString(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    while (IS_PLAIN[bytes[at] ?? 0] === 1) {
      at += 1;
    }
    this.#isPlain &&= bytes[at] === QUOTE;
    this.#at = at + 1;
    return at;
  }
}
