import { hash } from 'node:crypto';

/** A sum over a set of record texts that does not depend on their order and can be kept as records change. */
export interface Digest {
  add(recordText: string): void;
  /** Takes back one earlier `add` of the same text. */
  remove(recordText: string): void;
  /** Adds everything that another digest is the sum of; `hex` as that one gives it. */
  include(hex: string): void;
  /** Adds records whose hashes are known: four words each, the most significant first. */
  addHashes(words: Uint32Array): void;
  /** 32 lower-case hex digits. */
  hex(): string;
}

const WORD = 0x1_0000_0000;
const HEX_128 = /^[0-9a-f]{32}$/;

/** What the digest adds up of a record text: the first 16 bytes of this, one character for each of them. */
export const recordHash = (recordText: string): string => hash('sha256', recordText, 'binary');

/**
 * Of each record text the first 16 bytes of its SHA-256, summed mod 2^128.
 * @param start what `hex()` gave earlier, to go on from there. Throws TypeError if it is none.
 */
export function createDigest(start = '0'.repeat(32)): Digest {
  // Four words of 32 bits, the most significant first: plain numbers are several times faster than a bigint.
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;

  /** `summand`: one character for each of at least 16 bytes. A string costs half of what a buffer does here. */
  function change(summand: string, sign: 1 | -1): void {
    const high = sign * wordAt(summand, 0);
    addWords(high, sign * wordAt(summand, 4), sign * wordAt(summand, 8), sign * wordAt(summand, 12));
  }

  function addWords(word0: number, word1: number, word2: number, word3: number): void {
    const low = sum3 + word3;
    const low2 = sum2 + word2 + Math.floor(low / WORD);
    const low1 = sum1 + word1 + Math.floor(low2 / WORD);
    const high = sum0 + word0 + Math.floor(low1 / WORD);
    sum3 = low >>> 0;
    sum2 = low2 >>> 0;
    sum1 = low1 >>> 0;
    sum0 = high >>> 0;
  }

  change(bytesOf(start), 1);
  return {
    add: (recordText) => change(recordHash(recordText), 1),
    remove: (recordText) => change(recordHash(recordText), -1),
    include: (hex) => change(bytesOf(hex), 1),
    addHashes(words) {
      for (let place = 0; place + 3 < words.length; place += 4) {
        addWords(words[place] ?? 0, words[place + 1] ?? 0, words[place + 2] ?? 0, words[place + 3] ?? 0);
      }
    },
    hex: () => [sum0, sum1, sum2, sum3].map((word) => word.toString(16).padStart(8, '0')).join(''),
  };
}

function bytesOf(hex: string): string {
  if (!HEX_128.test(hex)) {
    throw new TypeError(`a digest has 32 lower-case hex digits, not ${JSON.stringify(hex)}`);
  }
  return Buffer.from(hex, 'hex').toString('latin1');
}

function wordAt(bytes: string, place: number): number {
  const high = (bytes.charCodeAt(place) << 8) | bytes.charCodeAt(place + 1);
  return high * 0x1_0000 + ((bytes.charCodeAt(place + 2) << 8) | bytes.charCodeAt(place + 3));
}
