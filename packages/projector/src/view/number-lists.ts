import { type CapturedColumn, PagedColumn } from './paged-column.ts';

/** What can be read of lists, also as they were. */
export interface ReadableLists {
  length(row: number): number;
  /** Oldest first. */
  numbers(row: number): readonly number[];
}

/** Lists of numbers by row, all in the same four columns. The newest number of a list stands first. */
export class NumberLists implements ReadableLists {
  /** Of each row the place of its newest entry, counted from 1; 0 when its list is empty. */
  readonly #heads = new PagedColumn((length) => new Int32Array(length));
  readonly #lengths = new PagedColumn((length) => new Uint16Array(length));
  /** Of each entry its number, and the place of the one before it, counted from 1. */
  readonly #numbers = new PagedColumn((length) => new Float64Array(length));
  readonly #previous = new PagedColumn((length) => new Int32Array(length));
  #used = 0;
  /** First of the entries that were given up, chained as lists are. */
  #free = 0;

  /** 0 when there is none. */
  newest(row: number): number {
    const head = this.#heads.at(row);
    return head === 0 ? 0 : this.#numbers.at(head - 1);
  }

  length(row: number): number {
    return this.#lengths.at(row);
  }

  /** At most 65,535 for one row. */
  add(row: number, number: number): void {
    const place = this.#takePlace();
    this.#numbers.set(place - 1, number);
    this.#previous.set(place - 1, this.#heads.at(row));
    this.#heads.set(row, place);
    this.#lengths.set(row, this.length(row) + 1);
  }

  /** Keeps the newest numbers of a row only. */
  trim(row: number, kept: number): void {
    let last = this.#heads.at(row);
    for (let count = 1; count < kept && last !== 0; count += 1) {
      last = this.#previous.at(last - 1);
    }
    const first = last === 0 ? 0 : this.#previous.at(last - 1);
    if (first !== 0) {
      this.#previous.set(last - 1, 0);
      this.#lengths.set(row, kept);
      this.#giveUp(first);
    }
  }

  /** Gives up all numbers of a row. */
  clear(row: number): void {
    const newest = this.#heads.at(row);
    if (newest !== 0) {
      this.#heads.set(row, 0);
      this.#lengths.set(row, 0);
      this.#giveUp(newest);
    }
  }

  numbers(row: number): readonly number[] {
    return numbersOf(row, this.#heads, this.#numbers, this.#previous);
  }

  /** The lists as they are now, to be read while they go on. */
  capture(): ReadableLists {
    const heads = this.#heads.capture();
    const lengths = this.#lengths.capture();
    const numbers = this.#numbers.capture();
    const previous = this.#previous.capture();
    return {
      length: (row) => lengths.at(row),
      numbers: (row) => numbersOf(row, heads, numbers, previous),
    };
  }

  /** An entry and all before it. */
  #giveUp(newest: number): void {
    let oldest = newest;
    for (let next = this.#previous.at(oldest - 1); next !== 0; next = this.#previous.at(oldest - 1)) {
      oldest = next;
    }
    this.#previous.set(oldest - 1, this.#free);
    this.#free = newest;
  }

  #takePlace(): number {
    if (this.#free !== 0) {
      const place = this.#free;
      this.#free = this.#previous.at(place - 1);
      return place;
    }
    this.#used += 1;
    return this.#used;
  }
}

function numbersOf(
  row: number,
  heads: CapturedColumn,
  numbers: CapturedColumn,
  previous: CapturedColumn,
): readonly number[] {
  const found: number[] = [];
  for (let place = heads.at(row); place !== 0; place = previous.at(place - 1)) {
    found.push(numbers.at(place - 1));
  }
  return found.reverse();
}
