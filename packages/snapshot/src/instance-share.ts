import { createDigest } from '@fleetbook/event-log/digest';
import { InstanceTexts } from './instance-texts.ts';
import type { InstanceChunk } from './write-instances.ts';

/** Memory in which those who share the chunks of a saved ledger take turns. */
export const newTurns = (): SharedArrayBuffer => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

/**
 * The digest of the chunks of instances whose turn comes here. Whoever shares them goes through all of them in the same
 * order, and whoever has time takes the next one: each is taken once.
 */
export class InstanceShare {
  readonly #turns: Int32Array;
  readonly #digest = createDigest();
  readonly #texts = new InstanceTexts();
  #place = 0;
  /** The chunk that is hashed here next. */
  #turn: number;

  constructor(turns: SharedArrayBuffer) {
    this.#turns = new Int32Array(turns);
    this.#turn = this.#takeTurn();
  }

  /** Throws RangeError on a row that names what no table holds. */
  add(chunk: InstanceChunk): void {
    this.#texts.learn(chunk);
    if (this.#place === this.#turn) {
      this.#texts.tell(chunk, this.#digest.add);
      this.#turn = this.#takeTurn();
    }
    this.#place += 1;
  }

  /** 32 lower-case hex digits. */
  hex(): string {
    return this.#digest.hex();
  }

  #takeTurn(): number {
    return Atomics.add(this.#turns, 0, 1);
  }
}
