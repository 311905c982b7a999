import { RowFlags } from './row-index.ts';

/** A few milliseconds of work. */
const MOST_AT_ONCE = 512;

/** Rows of instances that are not there, in the order in which they went, until nobody needs what stands in them. */
export class EndedRows {
  readonly #latest: number;
  readonly #isQueued = new RowFlags();
  #rows: number[] = [];
  #first = 0;

  /** @param latest of so many the rows stay: of most nothing more is to come after that. */
  constructor(latest: number) {
    this.#latest = latest;
  }

  push(row: number): void {
    if (!this.#isQueued.has(row)) {
      this.#isQueued.set(row, true);
      this.#rows.push(row);
    }
  }

  /** Hands out those that are due, up to the first that cannot be let go of yet. */
  settle(isAwaited: (row: number) => boolean, settle: (row: number) => void): void {
    for (let count = 0; count < MOST_AT_ONCE; count += 1) {
      const row = this.#rows[this.#first];
      if (row === undefined || this.#rows.length - this.#first <= this.#latest || isAwaited(row)) {
        break;
      }
      this.#first += 1;
      this.#isQueued.set(row, false);
      settle(row);
    }
    if (this.#first > MOST_AT_ONCE && this.#first > this.#rows.length / 2) {
      this.#rows = this.#rows.slice(this.#first);
      this.#first = 0;
    }
  }
}
