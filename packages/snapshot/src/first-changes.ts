import { type Change, type Instance, type Ledger, recordDifference } from '@fleetbook/domain';
import type { Digest } from '@fleetbook/event-log';
import { exchangeRecords } from './exchange-records.ts';

const NONE: ReadonlyMap<string, Instance> = new Map();

/**
 * Of each record that has changed since a moment its first change. It says what the record was then; what it has become
 * stands in the ledger, and what it was in between does not count for a digest.
 */
export class FirstChanges {
  readonly #changes = { cell: firsts(), nodes: firsts(), instances: firsts(), moves: firsts() };

  note(change: Change): void {
    const known = this.#changes[change.table];
    const key = change.table === 'cell' ? '' : change.key;
    if (!known.has(key)) {
      known.set(key, change);
    }
  }

  /**
   * Makes of the digest of that moment that of the ledger as it is now. From now on first changes are those after this.
   * @param ended what has been taken out of the ledger, and still counts.
   */
  settle(digest: Digest, ledger: Ledger, ended = NONE): void {
    for (const changes of Object.values(this.#changes)) {
      for (const change of changes.values()) {
        exchangeRecords(digest, recordDifference(upToNow(change, ledger, ended)));
      }
      changes.clear();
    }
  }
}

function firsts(): Map<string, Change> {
  return new Map();
}

function upToNow(
  change: Change,
  { cell, nodes, instances, moves }: Ledger,
  ended: ReadonlyMap<string, Instance>,
): Change {
  switch (change.table) {
    case 'cell':
      return { ...change, after: cell };
    case 'nodes':
      return { table: 'nodes', key: change.key, before: change.before, after: nodes.get(change.key) };
    case 'instances':
      return { ...change, after: instances.get(change.key) ?? ended.get(change.key) };
    case 'moves':
      return { ...change, after: moves.get(change.key) };
  }
}
