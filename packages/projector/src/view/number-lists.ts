const FIRST_ENTRIES = 1_024;
const FIRST_ROWS = 1_024;

/** Lists of numbers by row, all in the same four columns. The newest number of a list stands first. */
export class NumberLists {
  /** Of each row the place of its newest entry, counted from 1; 0 when its list is empty. */
  #heads = new Int32Array(FIRST_ROWS);
  #lengths = new Uint16Array(FIRST_ROWS);
  /** Of each entry its number, and the place of the one before it, counted from 1. */
  #numbers = new Float64Array(FIRST_ENTRIES);
  #previous = new Int32Array(FIRST_ENTRIES);
  #used = 0;
  /** First of the entries that were given up, chained as lists are. */
  #free = 0;

  /** 0 when there is none. */
  newest(row: number): number {
    const head = this.#heads[row] ?? 0;
    return head === 0 ? 0 : (this.#numbers[head - 1] ?? 0);
  }

  length(row: number): number {
    return this.#lengths[row] ?? 0;
  }

  /** At most 65,535 for one row. */
  add(row: number, number: number): void {
    if (row >= this.#heads.length) {
      const rows = Math.max(row + 1, 2 * this.#heads.length);
      this.#heads = lengthened(this.#heads, new Int32Array(rows));
      this.#lengths = lengthened(this.#lengths, new Uint16Array(rows));
    }
    const place = this.#takePlace();
    this.#numbers[place - 1] = number;
    this.#previous[place - 1] = this.#heads[row] ?? 0;
    this.#heads[row] = place;
    this.#lengths[row] = this.length(row) + 1;
  }

  /** Keeps the newest numbers of a row only. */
  trim(row: number, kept: number): void {
    let last = this.#heads[row] ?? 0;
    for (let count = 1; count < kept && last !== 0; count += 1) {
      last = this.#previous[last - 1] ?? 0;
    }
    const first = last === 0 ? 0 : (this.#previous[last - 1] ?? 0);
    if (first === 0) {
      return;
    }
    this.#previous[last - 1] = 0;
    this.#lengths[row] = kept;
    let end = first;
    for (let next = this.#previous[end - 1] ?? 0; next !== 0; next = this.#previous[end - 1] ?? 0) {
      end = next;
    }
    this.#previous[end - 1] = this.#free;
    this.#free = first;
  }

  /** Gives up all numbers of a row. */
  clear(row: number): void {
    let last = this.#heads[row] ?? 0;
    if (last === 0) {
      return;
    }
    const newest = last;
    for (let next = this.#previous[last - 1] ?? 0; next !== 0; next = this.#previous[last - 1] ?? 0) {
      last = next;
    }
    this.#previous[last - 1] = this.#free;
    this.#free = newest;
    this.#heads[row] = 0;
    this.#lengths[row] = 0;
  }

  /** Oldest first. */
  numbers(row: number): readonly number[] {
    const numbers: number[] = [];
    for (let place = this.#heads[row] ?? 0; place !== 0; place = this.#previous[place - 1] ?? 0) {
      numbers.push(this.#numbers[place - 1] ?? 0);
    }
    return numbers.reverse();
  }

  copy(): NumberLists {
    const copy = new NumberLists();
    copy.#heads = this.#heads.slice();
    copy.#lengths = this.#lengths.slice();
    copy.#numbers = this.#numbers.slice(0, this.#used);
    copy.#previous = this.#previous.slice(0, this.#used);
    copy.#used = this.#used;
    copy.#free = this.#free;
    return copy;
  }

  #takePlace(): number {
    if (this.#free !== 0) {
      const place = this.#free;
      this.#free = this.#previous[place - 1] ?? 0;
      return place;
    }
    if (this.#used === this.#numbers.length) {
      const entries = Math.max(FIRST_ENTRIES, 2 * this.#used);
      this.#numbers = lengthened(this.#numbers, new Float64Array(entries));
      this.#previous = lengthened(this.#previous, new Int32Array(entries));
    }
    this.#used += 1;
    return this.#used;
  }
}

function lengthened<Column extends Float64Array | Int32Array | Uint16Array>(column: Column, longer: Column): Column {
  longer.set(column);
  return longer;
}
