/** Which events of one segment concern what. */
export interface PositionTable {
  /** Numbers of events, ascending. */
  find(key: string): readonly number[];
}

/** A stretch of the encoded positions, in the order of their hashes. */
export interface PositionChunk {
  /** The least of its hashes. No key is in two chunks. */
  readonly firstHash: number;
  readonly bytes: Uint8Array;
}

/** An entry is 48 bits of a key's hash, and below them 16 bits of an event's distance from the first. */
const ENTRY_BYTES = 8;
const LOW_BITS = 16;
const LOW_MASK = 0xffff;
const HIGH_UNIT = 0x1_0000;
const FIRST_ROOM = 4_096;
const CHUNK_ENTRIES = 8_192;

/** Event numbers by what they concern, as they come. */
export class PositionNotes implements PositionTable {
  readonly #firstNumber: number;
  readonly #seed: number;
  #entries = new BigUint64Array(FIRST_ROOM);
  /** The same bytes: of each entry the lower half, then the upper one. */
  #halves = new Uint32Array(this.#entries.buffer);
  #count = 0;

  /**
   * Numbers are kept as distances from `firstNumber`, below 65,536.
   * @param secret nobody who names a thing knows it beforehand: else two could be named so that their hashes meet.
   */
  constructor(firstNumber: number, secret: string) {
    this.#firstNumber = firstNumber;
    this.#seed = seedOf(secret);
  }

  /** The same may be added several times. */
  add(key: string, number: number): void {
    if (this.#count === this.#entries.length) {
      this.#grow();
    }
    const hash = hashOf(key, this.#seed);
    const place = this.#count * 2;
    this.#halves[place] = (hash % HIGH_UNIT) * HIGH_UNIT + (number - this.#firstNumber);
    this.#halves[place + 1] = Math.floor(hash / HIGH_UNIT);
    this.#count += 1;
  }

  find(key: string): readonly number[] {
    const hash = hashOf(key, this.#seed);
    const [high, low] = [Math.floor(hash / HIGH_UNIT), hash % HIGH_UNIT];
    const found: number[] = [];
    for (let place = 0; place < this.#count * 2; place += 2) {
      const lower = this.#halves[place] ?? 0;
      if (this.#halves[place + 1] === high && lower >>> LOW_BITS === low) {
        addOnce(found, this.#firstNumber + (lower & LOW_MASK));
      }
    }
    return found;
  }

  /** Sorted, each once. */
  encode(): readonly PositionChunk[] {
    const halves = withoutRepeats(new Uint32Array(this.#entries.slice(0, this.#count).sort().buffer));
    const chunks: PositionChunk[] = [];
    for (let from = 0; from < halves.length / 2; ) {
      const until = endOfKey(halves, Math.min(from + CHUNK_ENTRIES, halves.length / 2));
      const bytes = new Uint8Array(halves.buffer, from * ENTRY_BYTES, (until - from) * ENTRY_BYTES);
      chunks.push({ firstHash: hashAt(halves, from), bytes });
      from = until;
    }
    return chunks;
  }

  #grow(): void {
    const entries = new BigUint64Array(this.#entries.length * 2);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#halves = new Uint32Array(entries.buffer);
  }
}

/** The hash under which a segment that begins with this secret keeps a key. */
export function hashIn(secret: string, key: string): number {
  return hashOf(key, seedOf(secret));
}

/** The numbers under a hash in the bytes of a chunk. */
export function findIn(encoded: Uint8Array, hash: number, firstNumber: number): readonly number[] {
  // A copy of its own begins where typed arrays may begin.
  const isAligned = encoded.byteOffset % ENTRY_BYTES === 0;
  const bytes = isAligned ? encoded : Uint8Array.from(encoded);
  const halves = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const found: number[] = [];
  for (let place = firstAtLeast(halves, hash); hashAt(halves, place) === hash; place += 1) {
    found.push(firstNumber + ((halves[place * 2] ?? 0) & LOW_MASK));
  }
  return found;
}

/** Of sorted entries each once; in the same memory. */
function withoutRepeats(halves: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  let count = 0;
  for (let place = 0; place < halves.length; place += 2) {
    const [lower = 0, upper = 0] = [halves[place], halves[place + 1]];
    if (count === 0 || lower !== halves[count - 2] || upper !== halves[count - 1]) {
      halves[count] = lower;
      halves[count + 1] = upper;
      count += 2;
    }
  }
  return halves.subarray(0, count);
}

function addOnce(numbers: number[], number: number): void {
  if (numbers.at(-1) !== number) {
    numbers.push(number);
  }
}

/** Past the end it is no hash of any key. */
function hashAt(halves: Uint32Array, place: number): number {
  const [lower, upper] = [halves[place * 2], halves[place * 2 + 1]];
  return lower === undefined || upper === undefined ? Number.NaN : upper * HIGH_UNIT + (lower >>> LOW_BITS);
}

/** The first place from `place` on at which another key begins. */
function endOfKey(halves: Uint32Array, place: number): number {
  let end = place;
  while (end > 0 && hashAt(halves, end) === hashAt(halves, end - 1)) {
    end += 1;
  }
  return end;
}

function firstAtLeast(halves: Uint32Array, wanted: number): number {
  let low = 0;
  let high = halves.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hashAt(halves, middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

const SEED_DIGITS = 8;

function seedOf(secret: string): number {
  return Number.parseInt(secret.slice(0, SEED_DIGITS), 16);
}

/** 48 bits: in a segment, two keys in one are less likely than a disk that lies. */
function hashOf(key: string, seed: number): number {
  let one = 0xdeadbeef ^ seed;
  let other = 0x41c6ce57 ^ seed;
  for (let place = 0; place < key.length; place += 1) {
    const code = key.charCodeAt(place);
    one = Math.imul(one ^ code, 0x9e3779b1);
    other = Math.imul(other ^ code, 0x5f356495);
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  other = Math.imul(other ^ (other >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  return (other & LOW_MASK) * 0x1_0000_0000 + (one >>> 0);
}
