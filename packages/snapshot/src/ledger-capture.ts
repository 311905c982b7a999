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
          this.#nodes.note(change.key, change.before);
          break;
        case 'instances':
          this.#instances.note(change.key, change.before);
          break;
        case 'moves':
          this.#moves.note(change.key, change.before);
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

class CapturedTable<Row> {
  readonly #table: ReadonlyMap<string, Row>;
  /** Copied at once, which takes milliseconds for a million: records that go and come again change their places. */
  readonly #keys: readonly string[];
  /** What a record was at first; undefined for one that has come since. */
  readonly #replaced = new Map<string, Row | undefined>();

  constructor(table: ReadonlyMap<string, Row>) {
    this.#table = table;
    this.#keys = Array.from(table.keys());
  }

  note(key: string, before: Row | undefined): void {
    if (!this.#replaced.has(key)) {
      this.#replaced.set(key, before);
    }
  }

  *rows(): Generator<Row, void> {
    for (const key of this.#keys) {
      const row = this.#replaced.has(key) ? this.#replaced.get(key) : this.#table.get(key);
      if (row !== undefined) {
        yield row;
      }
    }
  }
}
