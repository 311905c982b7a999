/** What one pass over the bytes of a body tells before it is parsed. */
export interface Scan {
  /** Colons outside strings: the number of keys, if the body is JSON. */
  readonly colons: number;
  readonly isTooDeep: boolean;
  readonly isAscii: boolean;
  /** Some `\uD…` stands in a string: perhaps half of a surrogate pair. */
  readonly hasSurrogateEscape: boolean;
  /** A full stop stands outside strings: some number has a fraction. */
  readonly hasFraction: boolean;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const FULL_STOP = 0x2e;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const LOWER_U = 0x75;
const LOWER_D = 0x64;
const LOWER_CASE_BIT = 0x20;

interface StringScan {
  /** Where the string's closing quote stands, or the end of the body. */
  end: number;
  isAscii: boolean;
  hasSurrogateEscape: boolean;
}

const scanString = (bytes: Uint8Array, scan: StringScan): void => {
  let index = scan.end + 1;
  for (; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? QUOTE;
    if (byte === QUOTE) {
      break;
    }
    if (byte === BACKSLASH) {
      index += 1;
      if (bytes[index] === LOWER_U && ((bytes[index + 1] ?? 0) | LOWER_CASE_BIT) === LOWER_D) {
        scan.hasSurrogateEscape = true;
      }
    } else if (byte >= 0x80) {
      scan.isAscii = false;
    }
  }
  scan.end = index;
};

/** Counts and measures without building anything; stops at the first bracket that nests too deep. */
export const scanJson = (bytes: Uint8Array, maximumDepth: number): Scan => {
  const strings: StringScan = { end: 0, isAscii: true, hasSurrogateEscape: false };
  let colons = 0;
  let depth = 0;
  let hasFraction = false;
  for (let index = 0; index < bytes.length && depth <= maximumDepth; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) {
      strings.end = index;
      scanString(bytes, strings);
      index = strings.end;
    } else if (byte === COLON) {
      colons += 1;
    } else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      depth += 1;
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
      depth -= 1;
    } else if (byte === FULL_STOP) {
      hasFraction = true;
    } else if (byte >= 0x80) {
      strings.isAscii = false;
    }
  }
  const { isAscii, hasSurrogateEscape } = strings;
  return { colons, isTooDeep: depth > maximumDepth, isAscii, hasSurrogateEscape, hasFraction };
};
