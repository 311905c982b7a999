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

  /**
   * What has become of them, as the ledger is at this call. Each is compared when its turn comes: what it was may take
   * work.
   * @param ended what has been taken out of the ledger, and still counts.
   */
  differencesIn({ cell, nodes, instances, moves }: Ledger, ended = NONE): IterableIterator<RecordDifference> {
    const [cells, someNodes, someInstances, someMoves] = [this.#cell, this.#nodes, this.#instances, this.#moves];
    const nodesNow = Array.from(someNodes.keys(), (key) => nodes.get(key));
    const instancesNow = Array.from(someInstances.keys(), (key) => instances.get(key) ?? ended.get(key));
    const movesNow = Array.from(someMoves.keys(), (key) => moves.get(key));
    function* differences(): Generator<RecordDifference, void> {
      for (const { before } of cells.values()) yield recordDifference({ table: 'cell', before, after: cell });
      let place = 0;
      for (const { key, before } of someNodes.values()) {
        yield recordDifference({ table: 'nodes', key, before, after: nodesNow[place] });
        place += 1;
      }
      place = 0;
      for (const { key, before } of someInstances.values()) {
        yield recordDifference({ table: 'instances', key, before, after: instancesNow[place] });
        place += 1;
      }
      place = 0;
      for (const { key, before } of someMoves.values()) {
        yield recordDifference({ table: 'moves', key, before, after: movesNow[place] });
        place += 1;
      }
    }
    return differences();
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
}

function keepFirst<Kept>(kept: Map<string, Kept>, key: string, change: Kept): void {
  if (!kept.has(key)) {
    kept.set(key, change);
  }
}
