import { type Change, type Instance, type Ledger, type RecordDifference, recordDifference } from '@fleetbook/domain';
import type { Digest } from '@fleetbook/event-log';
import { exchangeRecords } from './exchange-records.ts';

type ChangeOf<Table extends Change['table']> = Extract<Change, { readonly table: Table }>;

const NONE: ReadonlyMap<string, Instance> = new Map();

/**
 * Of each record that has changed since a moment its first change. It says what the record was then; what it has become
 * stands in the ledger, and what it was in between does not count for a digest.
 */
export class FirstChanges {
  readonly #cell = new Map<string, ChangeOf<'cell'>>();
  readonly #nodes = new Map<string, ChangeOf<'nodes'>>();
  readonly #instances = new Map<string, ChangeOf<'instances'>>();
  readonly #moves = new Map<string, ChangeOf<'moves'>>();
  #next: FirstChanges | undefined;

  get size(): number {
    return this.#cell.size + this.#nodes.size + this.#instances.size + this.#moves.size;
  }

  note(change: Change): void {
    switch (change.table) {
      case 'cell':
        keepFirst(this.#cell, '', change);
        return;
      case 'nodes':
        keepFirst(this.#nodes, change.key, change);
        return;
      case 'instances':
        keepFirst(this.#instances, change.key, change);
        return;
      case 'moves':
        keepFirst(this.#moves, change.key, change);
    }
  }

  /** Those that come from now on: what these have led to is kept there, however long nobody asks for it. */
  follow(): FirstChanges {
    this.#next = new FirstChanges();
    return this.#next;
  }

  /**
   * What has become of them, as the ledger was when others followed, or is now. Each is looked up and compared when its
   * turn comes: what a record was or is may take work.
   * @param ended what has been taken out of the ledger, and still counts.
   */
  *differencesIn(ledger: Ledger, ended = NONE): Generator<RecordDifference, void> {
    for (const { before } of this.#cell.values()) {
      const later = this.#later((changes) => changes.#cell, '');
      yield recordDifference({ table: 'cell', before, after: later === undefined ? ledger.cell : later.before });
    }
    for (const { key, before } of this.#nodes.values()) {
      const later = this.#later((changes) => changes.#nodes, key);
      const after = later === undefined ? ledger.nodes.get(key) : later.before;
      yield recordDifference({ table: 'nodes', key, before, after });
    }
    for (const { key, before } of this.#instances.values()) {
      const later = this.#later((changes) => changes.#instances, key);
      const after = later === undefined ? (ledger.instances.get(key) ?? ended.get(key)) : later.before;
      yield recordDifference({ table: 'instances', key, before, after });
    }
    for (const { key, before } of this.#moves.values()) {
      const later = this.#later((changes) => changes.#moves, key);
      const after = later === undefined ? ledger.moves.get(key) : later.before;
      yield recordDifference({ table: 'moves', key, before, after });
    }
  }

  /**
   * Makes of the digest of that moment that of the ledger as it is now. From now on first changes are those after this.
   * @param ended as of `differencesIn`.
   */
  settle(digest: Digest, ledger: Ledger, ended = NONE): void {
    for (const difference of this.differencesIn(ledger, ended)) {
      exchangeRecords(digest, difference);
    }
    for (const changes of [this.#cell, this.#nodes, this.#instances, this.#moves]) {
      changes.clear();
    }
  }

  /** The first change of a record among those that followed. */
  #later<Kept>(mapOf: (changes: FirstChanges) => ReadonlyMap<string, Kept>, key: string): Kept | undefined {
    for (let changes = this.#next; changes !== undefined; changes = changes.#next) {
      const change = mapOf(changes).get(key);
      if (change !== undefined) {
        return change;
      }
    }
    return undefined;
  }
}

function keepFirst<Kept>(kept: Map<string, Kept>, key: string, change: Kept): void {
  if (!kept.has(key)) {
    kept.set(key, change);
  }
}
