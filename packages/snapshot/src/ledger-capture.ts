import type { Cell, Change, Instance, Ledger, Move, Node } from '@fleetbook/domain';
import type { LedgerRecords } from './ledger-rows.ts';

/**
 * A ledger as it is now, to be read later and little by little, while it goes on. No record is copied: of each one that
 * is replaced meanwhile it keeps the one it began with.
 */
export class LedgerCapture implements LedgerRecords {
  readonly cell: Cell | undefined;
  readonly #nodes: CapturedTable<Node>;
  readonly #instances: CapturedTable<Instance>;
  readonly #moves: CapturedTable<Move>;

  constructor(ledger: Ledger) {
    this.cell = ledger.cell;
    this.#nodes = new CapturedTable(ledger.nodes);
    this.#instances = new CapturedTable(ledger.instances);
    this.#moves = new CapturedTable(ledger.moves);
  }

  /** Told of every change of the ledger, in order, until the capture has been read. */
  note(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.table) {
        case 'nodes':
          this.#nodes.note(change);
          break;
        case 'instances':
          this.#instances.note(change);
          break;
        case 'moves':
          this.#moves.note(change);
          break;
        case 'cell':
          break;
      }
    }
  }

  get nodes(): Iterable<Node> {
    return this.#nodes.rows();
  }

  get instances(): Iterable<Instance> {
    return this.#instances.rows();
  }

  get moves(): Iterable<Move> {
    return this.#moves.rows();
  }
}

interface Replacement<Row> {
  readonly key: string;
  /** Undefined for a record that has come since. */
  readonly before: Row | undefined;
}

class CapturedTable<Row> {
  readonly #table: ReadonlyMap<string, Row>;
  /** Copied at once, which takes milliseconds for a million: records that go and come again change their places. */
  readonly #keys: readonly string[];
  /** Where it says what a record was at first; it may take work to say it. */
  readonly #replaced = new Map<string, Replacement<Row>>();

  constructor(table: ReadonlyMap<string, Row>) {
    this.#table = table;
    this.#keys = Array.from(table.keys());
  }

  note(change: Replacement<Row>): void {
    if (!this.#replaced.has(change.key)) {
      this.#replaced.set(change.key, change);
    }
  }

  *rows(): Generator<Row, void> {
    for (const key of this.#keys) {
      const replaced = this.#replaced.get(key);
      const row = replaced === undefined ? this.#table.get(key) : replaced.before;
      if (row !== undefined) {
        yield row;
      }
    }
  }
}
