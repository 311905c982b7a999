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
import { RowFlags, type RowIndex, type ViewRows } from './row-index.ts';

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
export function createDigestKeeper(ledger: Ledger, rows: ViewRows, start?: string): DigestKeeper {
  const digest = createDigest(start);
  // Per record what the digest still contains of it: several changes of one record are hashed once.
  const nodes = new Noted<Node>(rows.nodes);
  const instances = new Noted<Instance>(rows.instances);
  const moves = new Noted<Move>(rows.moves);
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

/** Records as they were when they were noted first. */
class Noted<Record> {
  readonly #rows: RowIndex;
  readonly #isNoted = new RowFlags();
  readonly #waiting: number[] = [];
  readonly #records: (Record | undefined)[] = [];

  constructor(rows: RowIndex) {
    this.#rows = rows;
  }

  get size(): number {
    return this.#waiting.length;
  }

  note(key: string, record: Record | undefined): void {
    const row = this.#rows.of(key);
    if (!this.#isNoted.has(row)) {
      this.#isNoted.set(row, true);
      this.#waiting.push(row);
      this.#records.push(record);
    }
  }

  /** Hands out one record and forgets it; undefined when there is none, or nothing is `left` to be done. */
  take(left: number): readonly [key: string, before: Record | undefined] | undefined {
    const row = left > 0 ? this.#waiting.pop() : undefined;
    const key = row === undefined ? undefined : this.#rows.ids[row];
    if (row === undefined || key === undefined) {
      return undefined;
    }
    this.#isNoted.set(row, false);
    return [key, this.#records.pop()];
  }
}
