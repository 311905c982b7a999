import { hash } from 'node:crypto';

/** Which events of one segment concern what. */
export interface PositionTable {
  /** Numbers of events, ascending. */
  find(key: string): readonly number[];
}

const HASH_BYTES = 6;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 8 + 2;

/** Event numbers by what they concern, as they come. */
export class PositionNotes implements PositionTable {
  readonly #numbers = new Map<string, number[]>();

  /** Adding a number twice in a row counts once. */
  add(key: string, number: number): void {
    const numbers = this.#numbers.get(key);
    if (numbers === undefined) {
      this.#numbers.set(key, [number]);
    } else if (numbers.at(-1) !== number) {
      numbers.push(number);
    }
  }

  find(key: string): readonly number[] {
    return this.#numbers.get(key) ?? [];
  }

  /** Numbers are kept as distances from `firstNumber`, below 65,536. */
  encode(firstNumber: number): Uint8Array {
    const keys = Array.from(this.#numbers, ([key, numbers]) => ({ hash: hashOf(key), numbers }));
    keys.sort((left, right) => left.hash - right.hash);
    const count = keys.reduce((sum, { numbers }) => sum + numbers.length, 0);
    const bytes = new ArrayBuffer(HEADER_BYTES + count * ENTRY_BYTES);
    new Float64Array(bytes, 0, 1)[0] = count;
    const hashes = new Float64Array(bytes, HEADER_BYTES, count);
    const offsets = new Uint16Array(bytes, HEADER_BYTES + count * 8, count);
    let place = 0;
    for (const key of keys) {
      for (const number of key.numbers) {
        hashes[place] = key.hash;
        offsets[place] = number - firstNumber;
        place += 1;
      }
    }
    return new Uint8Array(bytes);
  }
}

/** Reads what `encode` made. */
export function readPositions(encoded: Uint8Array, firstNumber: number): PositionTable {
  // A copy of its own begins where typed arrays may begin.
  const bytes = Uint8Array.from(encoded).buffer;
  const count = new Float64Array(bytes, 0, 1)[0] ?? 0;
  const hashes = new Float64Array(bytes, HEADER_BYTES, count);
  const offsets = new Uint16Array(bytes, HEADER_BYTES + count * 8, count);
  return {
    find(key) {
      const wanted = hashOf(key);
      const found: number[] = [];
      for (let place = firstAtLeast(hashes, wanted); hashes[place] === wanted; place += 1) {
        found.push(firstNumber + (offsets[place] ?? 0));
      }
      return found;
    },
  };
}

function firstAtLeast(hashes: Float64Array, wanted: number): number {
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] ?? 0) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Of the key that was asked for last: a question goes through many segments with the same one. */
let lastKey = '';
let lastHash = -1;

/** 48 bits: in a segment of 16,384 events, two keys in one are less likely than a disk that lies. */
function hashOf(key: string): number {
  if (key !== lastKey || lastHash === -1) {
    lastHash = hash('sha256', key, 'buffer').readUIntBE(0, HASH_BYTES);
    lastKey = key;
  }
  return lastHash;
}
