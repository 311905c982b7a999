import {
  type Cell,
  type Change,
  type Instance,
  type Ledger,
  type Move,
  type Node,
  recordDifference,
} from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';

/** Keeps the digest of the inventory view. Changes are only noted; hashing waits until there is time or need. */
export interface DigestKeeper {
  note(change: Change): void;
  /** Number of records noted and not hashed yet. */
  readonly pending: number;
  /** Hashes up to `limit` of the noted records. */
  work(limit: number): void;
  /** Hashes what is left. 32 lower-case hex digits. */
  hex(): string;
}

/** @param start the digest of `ledger` as it is now. */
export function createDigestKeeper(ledger: Ledger, start?: string): DigestKeeper {
  const digest = createDigest(start);
  // Per record what the digest still contains of it: several changes of one record are hashed once.
  const nodes = new Noted<Node>();
  const instances = new Noted<Instance>();
  const moves = new Noted<Move>();
  let cell: { readonly before: Cell | undefined } | undefined;

  function exchange(change: Change): void {
    const { removed, added } = recordDifference(change);
    for (const text of removed) {
      digest.remove(text);
    }
    for (const text of added) {
      digest.add(text);
    }
  }

  function work(limit: number): void {
    if (cell !== undefined) {
      exchange({ table: 'cell', before: cell.before, after: ledger.cell });
      cell = undefined;
    }
    let left = limit;
    for (let node = nodes.take(left); node !== undefined; node = nodes.take(left)) {
      const [key, before] = node;
      exchange({ table: 'nodes', key, before, after: ledger.nodes.get(key) });
      left -= 1;
    }
    for (let instance = instances.take(left); instance !== undefined; instance = instances.take(left)) {
      const [key, before] = instance;
      exchange({ table: 'instances', key, before, after: ledger.instances.get(key) });
      left -= 1;
    }
    for (let move = moves.take(left); move !== undefined; move = moves.take(left)) {
      const [key, before] = move;
      exchange({ table: 'moves', key, before, after: ledger.moves.get(key) });
      left -= 1;
    }
  }

  return {
    note(change) {
      switch (change.table) {
        case 'cell':
          cell ??= { before: change.before };
          return;
        case 'nodes':
          nodes.note(change.key, change.before);
          return;
        case 'instances':
          instances.note(change.key, change.before);
          return;
        case 'moves':
          moves.note(change.key, change.before);
      }
    },
    get pending() {
      return nodes.size + instances.size + moves.size + (cell === undefined ? 0 : 1);
    },
    work,
    hex() {
      work(Number.POSITIVE_INFINITY);
      return digest.hex();
    },
  };
}

/** Records by key as they were when they were noted first. */
class Noted<Record> {
  readonly #records = new Map<string, Record | undefined>();
  /** Goes on where it was: a new one would pass over everything deleted since the map was last made smaller. */
  #cursor = this.#records.entries();

  get size(): number {
    return this.#records.size;
  }

  note(key: string, record: Record | undefined): void {
    if (!this.#records.has(key)) {
      this.#records.set(key, record);
    }
  }

  /** Hands out one record and forgets it; undefined when there is none, or nothing is `left` to be done. */
  take(left: number): readonly [key: string, before: Record | undefined] | undefined {
    if (this.#records.size === 0 || left <= 0) {
      return undefined;
    }
    let next = this.#cursor.next();
    if (next.done === true) {
      this.#cursor = this.#records.entries();
      next = this.#cursor.next();
    }
    if (next.done === true) {
      return undefined;
    }
    this.#records.delete(next.value[0]);
    return next.value;
  }
}
