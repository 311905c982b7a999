import type { Bookmark, Position } from '@fleetbook/event-log';

const HASH_BYTES = 32;

/** Of commits by place; what stands in a place is never changed. */
interface Columns {
  readonly numbers: Float64Array;
  readonly epochs: Float64Array;
  readonly hashes: Buffer;
  readonly positions: readonly Position[];
}

/**
 * Where commits end in the log, packed (56 bytes a commit): gives the bookmark after which the commit with a given
 * event stands, so that one decision can be read back without folding the log.
 */
export class CommitIndex {
  #numbers: Float64Array;
  #epochs: Float64Array;
  #hashes: Buffer;
  /** A plain array keeps numbers as packed as a typed one, and keeps them positions. */
  #positions: Position[] = [];
  #start = 0;

  constructor(capacity = 1_024) {
    this.#numbers = new Float64Array(capacity);
    this.#epochs = new Float64Array(capacity);
    this.#hashes = Buffer.alloc(capacity * HASH_BYTES);
  }

  get size(): number {
    return this.#positions.length - this.#start;
  }

  /** Commits are added in the order of the log. */
  add(bookmark: Bookmark): void {
    if (this.#positions.length === this.#numbers.length) {
      this.#makeRoom();
    }
    const place = this.#positions.length;
    this.#positions.push(bookmark.position);
    this.#numbers[place] = bookmark.number;
    this.#epochs[place] = bookmark.epoch;
    this.#hashes.write(bookmark.hash, place * HASH_BYTES, 'hex');
  }

  /** The end of the last commit before the one with event `number`; undefined when that one has been forgotten. */
  before(number: number): Bookmark | undefined {
    const place = this.#firstNotBefore(number) - 1;
    return place < this.#start ? undefined : bookmarkAt(this.#columns, place);
  }

  /** What is kept now of commits that end at `number` or before, oldest first, to be read while the index goes on. */
  capture(number: number): () => Iterable<Bookmark> {
    const columns = this.#columns;
    const start = this.#start;
    const end = this.#firstNotBefore(number + 1);
    return function* captured() {
      for (let place = start; place < end; place += 1) {
        const bookmark = bookmarkAt(columns, place);
        if (bookmark !== undefined) {
          yield bookmark;
        }
      }
    };
  }

  get #columns(): Columns {
    return { numbers: this.#numbers, epochs: this.#epochs, hashes: this.#hashes, positions: this.#positions };
  }

  /** Forgets what is needed only for events before `number`. */
  forgetBefore(number: number): void {
    this.#start = Math.max(this.#start, this.#firstNotBefore(number) - 1);
  }

  /** Place of the first commit that ends at `number` or later. */
  #firstNotBefore(number: number): number {
    let low = this.#start;
    let high = this.#positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] ?? 0) < number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  #makeRoom(): void {
    const capacity = this.size * 2 > this.#numbers.length ? this.#numbers.length * 2 : this.#numbers.length;
    const numbers = new Float64Array(capacity);
    const epochs = new Float64Array(capacity);
    const hashes = Buffer.alloc(capacity * HASH_BYTES);
    numbers.set(this.#numbers.subarray(this.#start));
    epochs.set(this.#epochs.subarray(this.#start));
    this.#hashes.copy(hashes, 0, this.#start * HASH_BYTES);
    this.#numbers = numbers;
    this.#epochs = epochs;
    this.#hashes = hashes;
    this.#positions = this.#positions.slice(this.#start);
    this.#start = 0;
  }
}

function bookmarkAt({ numbers, epochs, hashes, positions }: Columns, place: number): Bookmark | undefined {
  const position = positions[place];
  if (position === undefined) {
    return undefined;
  }
  return {
    position,
    number: numbers[place] ?? 0,
    hash: hashes.toString('hex', place * HASH_BYTES, (place + 1) * HASH_BYTES),
    epoch: epochs[place] ?? 0,
  };
}
