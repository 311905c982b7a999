import { endedText } from './canonical-instances.ts';
import { EndedPlaces } from './ended-places.ts';
import type { EndedRecord } from './ledger.ts';

/** The first 16 bytes of the hash of a canonical text as the digest adds it up, one character for each of them. */
export type RecordHash = (recordText: string) => string;

/** Instances that have ended, one after the other. */
export interface EndedColumns {
  readonly count: number;
  /** The hashes of their canonical texts, four words each, the most significant first. */
  readonly hashes: Uint32Array;
  /** 32 bits of their ids each, as the table has them that they belong to. */
  readonly idHashes: Int32Array;
  readonly touchedAt: Float64Array;
}

/** Those that there were at one moment. */
export interface EndedCapture {
  readonly rows: number;
  /** By row those that were taken out since, and when they were touched. */
  readonly removed: Map<number, number>;
}

const PAGE_ROWS = 4_096;
const WORDS = 4;
/** Instead of the event that touched an instance last. */
const REMOVED = 0;

interface Page {
  readonly hashes: Uint32Array;
  readonly idHashes: Int32Array;
  /** 0 where the row was taken out. */
  readonly touchedAt: Float64Array;
}

/**
 * Instances that have ended, for ever: no id comes back. What is kept of each is the hash of its canonical text, which
 * tells its id from any other, and the event that ended it: 36 bytes instead of a record.
 */
export class EndedInstances {
  readonly #hashOf: RecordHash;
  readonly #pages: Page[] = [];
  readonly #places = new EndedPlaces((row) => this.#pageOf(row).idHashes[row % PAGE_ROWS] ?? 0);
  readonly #captures = new Set<EndedCapture>();
  /** Rows given, those that were taken out included. */
  #rows = 0;
  #size = 0;

  constructor(hashOf: RecordHash) {
    this.#hashOf = hashOf;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Undefined where no instance of that id is among them.
   * @param idHash 32 bits of the id, so that of most ids that are not among them nothing has to be hashed.
   */
  get(id: string, idHash: number): EndedRecord | undefined {
    const row = this.#rowOf(id, idHash);
    return row < 0 ? undefined : { status: 'ended', id, touchedAt: this.#touchedAt(row) };
  }

  has(id: string, idHash: number): boolean {
    return this.#rowOf(id, idHash) >= 0;
  }

  /** One that is not among them yet, and that an event has touched. */
  add(id: string, idHash: number, touchedAt: number): void {
    this.#addRow(wordsOf(this.#hashOf(endedText(id))), 0, idHash, touchedAt);
  }

  /** Takes one out again, because its end was undone. False where it is not there. */
  delete(id: string, idHash: number): boolean {
    const row = this.#rowOf(id, idHash);
    if (row < 0) return false;
    const touchedAt = this.#touchedAt(row);
    for (const capture of this.#captures) if (row < capture.rows) capture.removed.set(row, touchedAt);
    this.#places.remove(idHash, row);
    this.#pageOf(row).touchedAt[row % PAGE_ROWS] = REMOVED;
    this.#size -= 1;
    // What is undone is mostly the newest, and its row is as it was before.
    const isCaptured = [...this.#captures].some(({ rows }) => row < rows);
    if (row === this.#rows - 1 && !isCaptured) this.#rows -= 1;
    return true;
  }

  /** Adds others, none of which it has. */
  append({ count, hashes, idHashes, touchedAt }: EndedColumns): void {
    for (let place = 0; place < count; place += 1) {
      this.#addRow(hashes, WORDS * place, idHashes[place] ?? 0, touchedAt[place] ?? REMOVED);
    }
  }

  /** To be read while it goes on. Whoever takes it releases it. */
  capture(): EndedCapture {
    const capture: EndedCapture = { rows: this.#rows, removed: new Map() };
    this.#captures.add(capture);
    return capture;
  }

  release(capture: EndedCapture): void {
    this.#captures.delete(capture);
  }

  /** What was captured, in stretches of at most a page. */
  *stretches(capture: EndedCapture): Generator<EndedColumns, void> {
    for (let start = 0; start < capture.rows; start += PAGE_ROWS) {
      const stretch = this.#stretch(start, Math.min(start + PAGE_ROWS, capture.rows), capture.removed);
      if (stretch.count > 0) yield stretch;
    }
  }

  #stretch(start: number, end: number, removed: ReadonlyMap<number, number>): EndedColumns {
    const page = this.#pageOf(start);
    const rows = end - start;
    const hashes = new Uint32Array(WORDS * rows);
    const idHashes = new Int32Array(rows);
    const touchedAt = new Float64Array(rows);
    let count = 0;
    for (let at = 0; at < rows; at += 1) {
      const touched = page.touchedAt[at] || (removed.get(start + at) ?? REMOVED);
      if (touched === REMOVED) continue;
      for (let word = 0; word < WORDS; word += 1) hashes[WORDS * count + word] = page.hashes[WORDS * at + word] ?? 0;
      idHashes[count] = page.idHashes[at] ?? 0;
      touchedAt[count] = touched;
      count += 1;
    }
    return {
      count,
      hashes: hashes.subarray(0, WORDS * count),
      idHashes: idHashes.subarray(0, count),
      touchedAt: touchedAt.subarray(0, count),
    };
  }

  #rowOf(id: string, idHash: number): number {
    if (this.#size === 0) return -1;
    let words: Uint32Array | undefined;
    return this.#places.find(idHash, (row) => {
      words ??= wordsOf(this.#hashOf(endedText(id)));
      return this.#hasWords(row, words);
    });
  }

  #hasWords(row: number, words: Uint32Array): boolean {
    const { hashes } = this.#pageOf(row);
    const first = WORDS * (row % PAGE_ROWS);
    for (let word = 0; word < WORDS; word += 1) if (hashes[first + word] !== words[word]) return false;
    return true;
  }

  #touchedAt(row: number): number {
    return this.#pageOf(row).touchedAt[row % PAGE_ROWS] ?? REMOVED;
  }

  #addRow(words: Uint32Array, firstWord: number, idHash: number, touchedAt: number): void {
    const row = this.#rows;
    const at = row % PAGE_ROWS;
    if (at === 0) this.#pages[row / PAGE_ROWS] = newPage();
    const page = this.#pageOf(row);
    for (let word = 0; word < WORDS; word += 1) page.hashes[WORDS * at + word] = words[firstWord + word] ?? 0;
    page.idHashes[at] = idHash;
    page.touchedAt[at] = touchedAt;
    this.#places.add(idHash, row);
    this.#rows += 1;
    this.#size += 1;
  }

  #pageOf(row: number): Page {
    const page = this.#pages[Math.floor(row / PAGE_ROWS)];
    if (page === undefined) throw new RangeError(`there is no ended instance ${row}`);
    return page;
  }
}

const newPage = (): Page => ({
  hashes: new Uint32Array(WORDS * PAGE_ROWS),
  idHashes: new Int32Array(PAGE_ROWS),
  touchedAt: new Float64Array(PAGE_ROWS),
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
