import { hashOf, IdList, openPlace } from '@fleetbook/domain';
import type { OutcomeRow } from './outcome-index.ts';

const FIRST_PLACES = 64;

/**
 * Decisions that follow each other in the log, found by their command id: a table of open places, at most half full,
 * that nothing is taken out of. About 30 bytes a decision besides the id.
 */
export class OutcomeSegment {
  readonly #commandIds = new IdList();
  readonly #numbers: number[] = [];
  #hashes = new Int32Array(FIRST_PLACES / 2);
  /** Rows of the arrays above, counted from 1; 0 where nothing is. */
  #places = new Int32Array(FIRST_PLACES);
  #newestAt = 0;
  readonly #seed: number;

  /** @param seed 32 bits that whoever chooses the ids does not know. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#commandIds.size;
  }

  /** Of all its decisions, epoch milliseconds. */
  get newestAt(): number {
    return this.#newestAt;
  }

  get highestNumber(): number {
    return this.#numbers.at(-1) ?? 0;
  }

  add(commandId: string, firstNumber: number, newestAt: number): void {
    const hash = hashOf(commandId, this.#seed);
    if (this.size === this.#hashes.length) {
      this.#spread();
    }
    this.#hashes[this.size] = hash;
    this.#commandIds.push(commandId);
    this.#numbers.push(firstNumber);
    this.#newestAt = Math.max(this.#newestAt, newestAt);
    this.#place(hash, this.size);
  }

  /** In the order of the log. */
  find(commandId: string): readonly number[] {
    const found: number[] = [];
    const hash = hashOf(commandId, this.#seed);
    let place = hash & (this.#places.length - 1);
    for (let row = this.#places[place] ?? 0; row !== 0; row = this.#places[place] ?? 0) {
      if (this.#hashes[row - 1] === hash && this.#commandIds.isAt(row - 1, commandId)) {
        found.push(this.#numbers[row - 1] ?? 0);
      }
      place = (place + 1) & (this.#places.length - 1);
    }
    return found;
  }

  /** As it is now: what it has never changes. */
  capture(): () => Iterable<OutcomeRow> {
    const { size, newestAt } = this;
    const [commandIds, numbers] = [this.#commandIds, this.#numbers];
    return function* rows() {
      for (let row = 0; row < size; row += 1) {
        yield [commandIds.at(row), numbers[row] ?? 0, newestAt];
      }
    };
  }

  #place(hash: number, row: number): void {
    this.#places[openPlace(this.#places, hash & (this.#places.length - 1))] = row;
  }

  #spread(): void {
    const hashes = this.#hashes;
    this.#hashes = new Int32Array(2 * hashes.length);
    this.#hashes.set(hashes);
    this.#places = new Int32Array(2 * this.#places.length);
    let row = 0;
    for (const hash of hashes) {
      row += 1;
      this.#place(hash, row);
    }
  }
}
