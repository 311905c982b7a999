import {
  type Cell,
  type Change,
  type HashedCapture,
  type HashedColumns,
  type InstanceCapture,
  type InstanceColumns,
  InstanceTable,
  type Ledger,
  type Move,
  type Node,
} from '@fleetbook/domain';
import type { LedgerRecords } from './ledger-rows.ts';

/**
 * A ledger as it is now, to be read later and little by little, while it goes on. No record is copied: of each one that
 * is replaced meanwhile it keeps the one it began with.
 */
export class LedgerCapture implements LedgerRecords {
  readonly cell: Cell | undefined;
  readonly #nodes: CapturedTable<Node>;
  readonly idSeed: number;
  readonly #table: InstanceTable;
  readonly #instances: InstanceCapture;
  readonly #ended: HashedCapture | undefined;
  readonly #moves: CapturedTable<Move>;

  /** Throws TypeError where the instances are in no table that can be captured. */
  constructor({ cell, nodes, instances, moves }: Ledger) {
    if (!(instances instanceof InstanceTable)) {
      throw new TypeError('instances are captured in their own table only');
    }
    this.cell = cell;
    this.#nodes = new CapturedTable(nodes.keys(), (key) => nodes.look(key));
    this.idSeed = instances.seed;
    this.#table = instances;
    this.#instances = instances.capture();
    this.#ended = instances.ended?.capture();
    this.#moves = new CapturedTable(moves.keys(), (key) => moves.get(key));
  }

  /** Told of every change of the ledger, in order, until the capture has been read. */
  note(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.table) {
        case 'nodes':
          this.#nodes.note(change);
          break;
        case 'moves':
          this.#moves.note(change);
          break;
        case 'cell':
        case 'instances':
          break;
      }
    }
  }

  get nodes(): Iterable<Node> {
    return this.#nodes.rows();
  }

  get instances(): Iterable<InstanceColumns> {
    return this.#instances.stretches();
  }

  get ended(): Iterable<HashedColumns> {
    const { ended } = this.#table;
    return ended === undefined || this.#ended === undefined ? [] : ended.stretches(this.#ended);
  }

  get moves(): Iterable<Move> {
    return this.#moves.rows();
  }

  /** Nothing more is read. */
  release(): void {
    this.#instances.release();
    if (this.#ended !== undefined) {
      this.#table.ended?.release(this.#ended);
    }
  }
}

interface Replacement<Row> {
  readonly key: string;
  /** Undefined for a record that has come since. */
  readonly before: Row | undefined;
}

class CapturedTable<Row> {
  readonly #rowOf: (key: string) => Row | undefined;
  /** Copied at once, which takes milliseconds for a million: records that go and come again change their places. */
  readonly #keys: readonly string[];
  /** Where it says what a record was at first; it may take work to say it. */
  readonly #replaced = new Map<string, Replacement<Row>>();

  constructor(keys: Iterable<string>, rowOf: (key: string) => Row | undefined) {
    this.#rowOf = rowOf;
    this.#keys = Array.from(keys);
  }

  note(change: Replacement<Row>): void {
    if (!this.#replaced.has(change.key)) {
      this.#replaced.set(change.key, change);
    }
  }

  *rows(): Generator<Row, void> {
    for (const key of this.#keys) {
      const replaced = this.#replaced.get(key);
      const row = replaced === undefined ? this.#rowOf(key) : replaced.before;
      if (row !== undefined) {
        yield row;
      }
    }
  }
}
