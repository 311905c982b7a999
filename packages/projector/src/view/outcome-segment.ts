import { hashOf } from '@fleetbook/domain';
import type { OutcomeRow } from './outcome-index.ts';

const FIRST_PLACES = 64;

/**
 * Decisions that follow each other in the log, found by their command id: a table of open places, at most half full,
 * that nothing is taken out of. About 30 bytes a decision besides the id, which the claim keeps anyway.
 */
export class OutcomeSegment {
  readonly #commandIds: string[] = [];
  readonly #numbers: number[] = [];
  readonly #hashes: number[] = [];
  /** Rows of the arrays above, counted from 1; 0 where nothing is. */
  #places = new Int32Array(FIRST_PLACES);
  #newestAt = 0;

  get size(): number {
    return this.#commandIds.length;
  }

  /** Of all its decisions, epoch milliseconds. */
  get newestAt(): number {
    return this.#newestAt;
  }

  get highestNumber(): number {
    return this.#numbers.at(-1) ?? 0;
  }

  add(commandId: string, firstNumber: number, newestAt: number): void {
    const hash = hashOf(commandId);
    this.#commandIds.push(commandId);
    this.#numbers.push(firstNumber);
    this.#hashes.push(hash);
    this.#newestAt = Math.max(this.#newestAt, newestAt);
    if (2 * this.size > this.#places.length) {
      this.#spread();
    } else {
      this.#place(hash, this.size);
    }
  }

  /** In the order of the log. */
  find(commandId: string): readonly number[] {
    const found: number[] = [];
    let place = hashOf(commandId) & (this.#places.length - 1);
    for (let row = this.#places[place] ?? 0; row !== 0; row = this.#places[place] ?? 0) {
      if (this.#commandIds[row - 1] === commandId) {
        found.push(this.#numbers[row - 1] ?? 0);
      }
      place = (place + 1) & (this.#places.length - 1);
    }
    return found;
  }

  /** As it is now. */
  capture(): () => Iterable<OutcomeRow> {
    const commandIds = this.#commandIds.slice();
    const numbers = this.#numbers.slice();
    const newestAt = this.#newestAt;
    return function* rows() {
      for (const [row, commandId] of commandIds.entries()) {
        yield [commandId, numbers[row] ?? 0, newestAt];
      }
    };
  }

  #place(hash: number, row: number): void {
    let place = hash & (this.#places.length - 1);
    while (this.#places[place] !== 0) {
      place = (place + 1) & (this.#places.length - 1);
    }
    this.#places[place] = row;
  }

  #spread(): void {
    this.#places = new Int32Array(2 * this.#places.length);
    let row = 0;
    for (const hash of this.#hashes) {
      row += 1;
      this.#place(hash, row);
    }
  }
}
