import { HashedPlaces } from './hashed-places.ts';

/** The hash of a text, of which the first 16 bytes tell it from any other: one character for each byte. */
export type TextHash = (text: string) => string;

/** Ids of which hashes are kept, one after the other. */
export interface HashedColumns {
  readonly count: number;
  /** Four words each, the most significant first. */
  readonly hashes: Uint32Array;
  /** 32 bits of another hash each, as `add` was told. */
  readonly idHashes: Int32Array;
  readonly values: Float64Array;
}

/** Those that there were at one moment. */
export interface HashedCapture {
  readonly rows: number;
  /** By row the values of those that were taken out since. */
  readonly removed: Map<number, number>;
}

const PAGE_ROWS = 4_096;
const WORDS = 4;
/** No value of an id. */
const NONE = 0;

interface Page {
  readonly hashes: Uint32Array;
  readonly idHashes: Int32Array;
  readonly values: Float64Array;
}

/** Ids kept for ever as hashes, which tell them from any others, with a number each: 36 bytes instead of texts. */
export class HashedIds {
  readonly #hashOf: TextHash;
  readonly #pages: Page[] = [];
  readonly #places = new HashedPlaces((row) => this.#pageOf(row).idHashes[row % PAGE_ROWS] ?? 0);
  readonly #captures = new Set<HashedCapture>();
  /** Rows given, those that were taken out included. */
  #rows = 0;
  #size = 0;

  /** @param hashOf of ids, as nobody can make another id for it. */
  constructor(hashOf: TextHash) {
    this.#hashOf = hashOf;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * The value of an id; 0 where it is not among them.
   * @param idHash 32 bits of the id, so that of most ids that are not among them nothing has to be hashed.
   */
  get(id: string, idHash: number): number {
    const row = this.#rowOf(id, idHash);
    return row < 0 ? NONE : this.#valueAt(row);
  }

  /** One that is not among them yet. @param value not 0. */
  add(id: string, idHash: number, value: number): void {
    this.#addRow(wordsOf(this.#hashOf(id)), 0, idHash, value);
  }

  /** Takes one out. False where it is not there. */
  delete(id: string, idHash: number): boolean {
    const row = this.#rowOf(id, idHash);
    if (row < 0) return false;
    const value = this.#valueAt(row);
    for (const capture of this.#captures) if (row < capture.rows) capture.removed.set(row, value);
    this.#places.remove(idHash, row);
    this.#pageOf(row).values[row % PAGE_ROWS] = NONE;
    this.#size -= 1;
    // The newest is taken out where it was added by what is undone.
    const isCaptured = [...this.#captures].some(({ rows }) => row < rows);
    if (row === this.#rows - 1 && !isCaptured) this.#rows -= 1;
    return true;
  }

  /** Adds others, none of which it has. */
  append({ count, hashes, idHashes, values }: HashedColumns): void {
    for (let place = 0; place < count; place += 1) {
      this.#addRow(hashes, WORDS * place, idHashes[place] ?? 0, values[place] ?? NONE);
    }
  }

  /** To be read while it goes on. Whoever takes it releases it. */
  capture(): HashedCapture {
    const capture: HashedCapture = { rows: this.#rows, removed: new Map() };
    this.#captures.add(capture);
    return capture;
  }

  release(capture: HashedCapture): void {
    this.#captures.delete(capture);
  }

  /** What was captured, in stretches of at most a page. */
  *stretches(capture: HashedCapture): Generator<HashedColumns, void> {
    for (let start = 0; start < capture.rows; start += PAGE_ROWS) {
      const stretch = this.#stretch(start, Math.min(start + PAGE_ROWS, capture.rows), capture.removed);
      if (stretch.count > 0) yield stretch;
    }
  }

  #stretch(start: number, end: number, removed: ReadonlyMap<number, number>): HashedColumns {
    const page = this.#pageOf(start);
    const rows = end - start;
    const hashes = new Uint32Array(WORDS * rows);
    const idHashes = new Int32Array(rows);
    const values = new Float64Array(rows);
    let count = 0;
    for (let at = 0; at < rows; at += 1) {
      const value = page.values[at] || (removed.get(start + at) ?? NONE);
      if (value === NONE) continue;
      for (let word = 0; word < WORDS; word += 1) hashes[WORDS * count + word] = page.hashes[WORDS * at + word] ?? 0;
      idHashes[count] = page.idHashes[at] ?? 0;
      values[count] = value;
      count += 1;
    }
    return {
      count,
      hashes: hashes.subarray(0, WORDS * count),
      idHashes: idHashes.subarray(0, count),
      values: values.subarray(0, count),
    };
  }

  #rowOf(id: string, idHash: number): number {
    if (this.#size === 0) return -1;
    let words: Uint32Array | undefined;
    return this.#places.find(idHash, (row) => {
      words ??= wordsOf(this.#hashOf(id));
      return this.#hasWords(row, words);
    });
  }

  #hasWords(row: number, words: Uint32Array): boolean {
    const { hashes } = this.#pageOf(row);
    const first = WORDS * (row % PAGE_ROWS);
    for (let word = 0; word < WORDS; word += 1) if (hashes[first + word] !== words[word]) return false;
    return true;
  }

  #valueAt(row: number): number {
    return this.#pageOf(row).values[row % PAGE_ROWS] ?? NONE;
  }

  #addRow(words: Uint32Array, firstWord: number, idHash: number, value: number): void {
    const row = this.#rows;
    const at = row % PAGE_ROWS;
    if (at === 0) this.#pages[row / PAGE_ROWS] = newPage();
    const page = this.#pageOf(row);
    for (let word = 0; word < WORDS; word += 1) page.hashes[WORDS * at + word] = words[firstWord + word] ?? 0;
    page.idHashes[at] = idHash;
    page.values[at] = value;
    this.#places.add(idHash, row);
    this.#rows += 1;
    this.#size += 1;
  }

  #pageOf(row: number): Page {
    const page = this.#pages[Math.floor(row / PAGE_ROWS)];
    if (page === undefined) throw new RangeError(`there is no row ${row}`);
    return page;
  }
}

const newPage = (): Page => ({
  hashes: new Uint32Array(WORDS * PAGE_ROWS),
  idHashes: new Int32Array(PAGE_ROWS),
  values: new Float64Array(PAGE_ROWS),
});

const wordsOf = (hash: string): Uint32Array => {
  const words = new Uint32Array(WORDS);
  for (let word = 0; word < WORDS; word += 1) {
    const first = 4 * word;
    words[word] =
      (hash.charCodeAt(first) << 24) |
      (hash.charCodeAt(first + 1) << 16) |
      (hash.charCodeAt(first + 2) << 8) |
      hash.charCodeAt(first + 3);
  }
  return words;
};
