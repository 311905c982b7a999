import type { Position } from '@fleetbook/event-log';

/** Large enough for several of the largest commits. */
const SLAB_BYTES = 1024 * 1024;

interface Place {
  readonly position: Position;
  readonly slab: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A stored commit as it was kept. */
export interface RecentCommit {
  readonly position: Position;
  readonly stored: Buffer;
}

/**
 * The newest commits by their first numbers. Their bytes are copied to memory that is used again and again: kept as
 * they come, they would make V8 go through all of its heap again after every 64 MiB of them, because memory outside of
 * it is given back no other way.
 */
export class RecentCommits {
  readonly #slabBytes: number;
  readonly #mostSlabs: number;
  /** The oldest first. */
  readonly #slabs: { readonly bytes: Buffer; readonly firstNumbers: number[] }[] = [];
  readonly #places = new Map<number, Place>();
  /** In the newest slab. */
  #used = 0;

  /** At most so many bytes are kept, and no commit that takes more than a megabyte. */
  constructor(limitBytes: number) {
    this.#slabBytes = Math.min(SLAB_BYTES, limitBytes);
    this.#mostSlabs = Math.max(1, Math.floor(limitBytes / SLAB_BYTES));
  }

  keep(firstNumber: number, position: Position, stored: Uint8Array): void {
    if (stored.length > this.#slabBytes) {
      return;
    }
    const slab = this.#slabWithRoom(stored.length);
    const start = this.#used;
    this.#used += stored.length;
    slab.bytes.set(stored, start);
    slab.firstNumbers.push(firstNumber);
    this.#places.set(firstNumber, { position, slab: slab.bytes, start, end: this.#used });
  }

  find(firstNumber: number): RecentCommit | undefined {
    const place = this.#places.get(firstNumber);
    if (place === undefined) {
      return undefined;
    }
    const { position, slab, start, end } = place;
    return { position, stored: Buffer.from(slab.subarray(start, end)) };
  }

  #slabWithRoom(length: number) {
    const newest = this.#slabs.at(-1);
    if (newest !== undefined && this.#used + length <= newest.bytes.length) {
      return newest;
    }
    const oldest = this.#slabs.length < this.#mostSlabs ? undefined : this.#slabs.shift();
    for (const firstNumber of oldest?.firstNumbers ?? []) {
      if (this.#places.get(firstNumber)?.slab === oldest?.bytes) {
        this.#places.delete(firstNumber);
      }
    }
    const slab = { bytes: oldest?.bytes ?? Buffer.allocUnsafeSlow(this.#slabBytes), firstNumbers: [] };
    this.#slabs.push(slab);
    this.#used = 0;
    return slab;
  }
}
