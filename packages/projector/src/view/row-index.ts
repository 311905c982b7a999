import { hashOf, IdList, openPlace, vacate } from '@fleetbook/domain';

const FIRST_PLACES = 2_048;

/**
 * Numbers the ids that it meets, from 0 on. Indexes that ask for the row of the same id one after another share one
 * look-up, and keep what they know of it in columns: a map for each would cost several times the memory and the time.
 * Its own is a table of open places, at most half full: most ids are looked for once and are new, and a map reads
 * several others to find that out.
 */
export class RowIndex {
  readonly #ids = new IdList();
  /** Of each row. */
  #hashes = new Int32Array(FIRST_PLACES / 2);
  /** Rows, counted from 1; 0 where nothing is. */
  #places = new Int32Array(FIRST_PLACES);
  /** Rows that were given up, to be given again. */
  readonly #free: number[] = [];
  #lastId: string | undefined;
  #lastRow = -1;
  readonly #seed: number;

  /** @param seed 32 bits that whoever chooses the ids does not know. */
  constructor(seed = 0) {
    this.#seed = seed;
  }

  /** The row of an id, a new one if it has none. */
  of(id: string): number {
    if (id === this.#lastId) {
      return this.#lastRow;
    }
    const hash = hashOf(id, this.#seed);
    const place = this.#placeOf(id, hash);
    const found = this.#places[place] ?? 0;
    this.#lastId = id;
    this.#lastRow = found === 0 ? this.#add(id, hash, place) : found - 1;
    return this.#lastRow;
  }

  find(id: string): number | undefined {
    if (id === this.#lastId) {
      return this.#lastRow;
    }
    const found = this.#places[this.#placeOf(id, hashOf(id, this.#seed))] ?? 0;
    return found === 0 ? undefined : found - 1;
  }

  /** Gives up a row, of which no index may know anything any more. It will be of another id. */
  free(row: number): void {
    vacate(this.#places, row, (each) => this.#homeOf(this.#hashes[each] ?? 0));
    this.#ids.set(row, '');
    this.#free.push(row);
    if (row === this.#lastRow) {
      this.#lastId = undefined;
    }
  }

  /** Rows that there are, those that were given up included. */
  get size(): number {
    return this.#ids.size;
  }

  idAt(row: number): string {
    return this.#ids.at(row);
  }

  /** Where the id is, or where it belongs. */
  #placeOf(id: string, hash: number): number {
    const mask = this.#places.length - 1;
    let place = hash & mask;
    for (let row = this.#places[place] ?? 0; row !== 0; row = this.#places[place] ?? 0) {
      if (this.#hashes[row - 1] === hash && this.#ids.isAt(row - 1, id)) {
        break;
      }
      place = (place + 1) & mask;
    }
    return place;
  }

  #add(id: string, hash: number, place: number): number {
    const free = this.#free.pop();
    if (free !== undefined) {
      this.#ids.set(free, id);
      this.#hashes[free] = hash;
      this.#places[place] = free + 1;
      return free;
    }
    const row = this.#ids.size;
    this.#ids.push(id);
    if (row === this.#hashes.length) {
      this.#grow();
      this.#hashes[row] = hash;
      this.#places[openPlace(this.#places, this.#homeOf(hash))] = row + 1;
    } else {
      this.#hashes[row] = hash;
      this.#places[place] = row + 1;
    }
    return row;
  }

  #grow(): void {
    const hashes = this.#hashes;
    this.#hashes = new Int32Array(2 * hashes.length);
    this.#hashes.set(hashes);
    this.#places = new Int32Array(2 * this.#places.length);
    for (let row = 0; row < hashes.length; row += 1) {
      this.#places[openPlace(this.#places, this.#homeOf(hashes[row] ?? 0))] = row + 1;
    }
  }

  #homeOf(hash: number): number {
    return hash & (this.#places.length - 1);
  }
}

const FIRST_ROWS = 1_024;

/** A flag for each row, at first not set. */
export class RowFlags {
  #flags = new Uint8Array(FIRST_ROWS);

  has(row: number): boolean {
    return this.#flags[row] === 1;
  }

  set(row: number, isSet: boolean): void {
    if (row >= this.#flags.length) {
      if (!isSet) {
        return;
      }
      const longer = new Uint8Array(Math.max(row + 1, 2 * this.#flags.length));
      longer.set(this.#flags);
      this.#flags = longer;
    }
    this.#flags[row] = isSet ? 1 : 0;
  }

  /** The rows whose flag is set, ascending. */
  *rows(): Generator<number, void> {
    for (let row = this.#flags.indexOf(1); row >= 0; row = this.#flags.indexOf(1, row + 1)) {
      yield row;
    }
  }
}

/** The rows of one view, shared by its indexes. */
export interface ViewRows {
  readonly nodes: RowIndex;
  readonly instances: RowIndex;
  readonly moves: RowIndex;
}

export function createViewRows(seed = 0): ViewRows {
  return { nodes: new RowIndex(seed), instances: new RowIndex(seed), moves: new RowIndex(seed) };
}
