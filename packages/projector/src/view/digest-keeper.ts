import { type Cell, type Change, type Instance, type Ledger, type Node, recordsOf } from '@fleetbook/domain';
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
  const nodes = new Map<string, Node | undefined>();
  const instances = new Map<string, Instance | undefined>();
  let cell: { readonly before: Cell | undefined } | undefined;

  function exchange(change: Change): void {
    for (const text of recordsOf(change, 'before')) {
      digest.remove(text);
    }
    for (const text of recordsOf(change, 'after')) {
      digest.add(text);
    }
  }

  function work(limit: number): void {
    if (cell !== undefined) {
      exchange({ table: 'cell', before: cell.before, after: ledger.cell });
      cell = undefined;
    }
    const left = take(nodes, limit, (key, before) =>
      exchange({ table: 'nodes', key, ...withoutEqualProviders(before, ledger.nodes.get(key)) }),
    );
    take(instances, left, (key, before) =>
      exchange({ table: 'instances', key, before, after: ledger.instances.get(key) }),
    );
  }

  return {
    note(change) {
      switch (change.table) {
        case 'cell':
          cell ??= { before: change.before };
          return;
        case 'nodes':
          noteFirst(nodes, change.key, change.before);
          return;
        case 'instances':
          noteFirst(instances, change.key, change.before);
      }
    },
    get pending() {
      return nodes.size + instances.size + (cell === undefined ? 0 : 1);
    },
    work,
    hex() {
      work(Number.POSITIVE_INFINITY);
      return digest.hex();
    },
  };
}

function noteFirst<Record>(noted: Map<string, Record | undefined>, key: string, before: Record | undefined): void {
  if (!noted.has(key)) {
    noted.set(key, before);
  }
}

/** Hands out up to `limit` entries and forgets them. Returns how many of the limit are left. */
function take<Record>(
  noted: Map<string, Record | undefined>,
  limit: number,
  use: (key: string, before: Record | undefined) => void,
): number {
  let left = limit;
  for (const [key, before] of noted) {
    if (left <= 0) {
      break;
    }
    noted.delete(key);
    use(key, before);
    left -= 1;
  }
  return left;
}

/** A charge replaces one provider of many: the records of the others are the same on both sides. */
function withoutEqualProviders(
  before: Node | undefined,
  after: Node | undefined,
): { readonly before: Node | undefined; readonly after: Node | undefined } {
  if (before === undefined || after === undefined) {
    return { before, after };
  }
  const kept = new Set(before.providers);
  const equal = new Set(after.providers.filter((provider) => kept.has(provider)));
  return {
    before: { ...before, providers: before.providers.filter((provider) => !equal.has(provider)) },
    after: { ...after, providers: after.providers.filter((provider) => !equal.has(provider)) },
  };
}
