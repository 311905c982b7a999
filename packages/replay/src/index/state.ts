import {
  apply,
  type Cell,
  type Change,
  emptyLedger,
  type Instance,
  install,
  isOpen,
  type Ledger,
  type LedgerEvent,
  type Move,
  type Node,
  type Provider,
  ProviderTree,
  recordDifference,
} from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import { createSideTenants, type SideTenantRow, type SideTenants } from '@fleetbook/projector/past';

/** What stands beside the records in a saved state. */
export interface StateHeader {
  readonly cell: Cell | undefined;
  /** Of the whole inventory, what was left out of the records included. */
  readonly digest: string;
  readonly sideTenants: readonly SideTenantRow[];
}

type NodeRow = Omit<Node, 'tree'> & { readonly providers: readonly Provider[] };

/** A line of a saved state after its header. */
type StateRows =
  | { readonly table: 'nodes'; readonly rows: readonly NodeRow[] }
  | { readonly table: 'instances'; readonly rows: readonly Instance[] }
  | { readonly table: 'moves'; readonly rows: readonly Move[] };

const ROWS_PER_LINE = 100;

/** What an event took out of the state for good: it holds nothing any more and never changes again. */
export interface Finished {
  readonly ended: readonly Instance[];
  readonly closed: readonly Move[];
}

/**
 * The state of a cell folded without what is over: ended instances leave it at once, closed moves when it is saved.
 * A ledger keeps those for ever, and a million of them would make every instant as dear as the last.
 */
export class LeanState {
  readonly ledger: Ledger;
  readonly #sides: SideTenants;
  readonly #digest;
  /** Per record what the digest still contains of it, and what it should contain. */
  readonly #noted = new Map<string, Change>();

  constructor(ledger = emptyLedger(), header?: Pick<StateHeader, 'digest' | 'sideTenants'>) {
    this.ledger = ledger;
    this.#digest = createDigest(header?.digest);
    this.#sides = createSideTenants(() => undefined);
    for (const [moveId, tenant] of header?.sideTenants ?? []) {
      const move = ledger.moves.get(moveId);
      if (move !== undefined) {
        this.#sides.restore(move, tenant);
      }
    }
  }

  /** Throws as `evolve` does. */
  apply(event: LedgerEvent): readonly Change[] {
    const changes = apply(this.ledger, event);
    for (const change of changes) {
      this.#note(change);
      this.#sides.update(change);
    }
    return changes;
  }

  /** Takes out what these changes ended. Call it when nobody looks at the state after the event any more. */
  prune(changes: readonly Change[]): Finished {
    const ended: Instance[] = [];
    const closed: Move[] = [];
    for (const change of changes) {
      if (change.table === 'instances' && change.after?.status === 'ended') {
        const { key, after } = change;
        ended.push(after);
        install(this.ledger, [{ table: 'instances', key, before: after, after: undefined }]);
      } else if (change.table === 'moves' && change.after !== undefined && isOver(change.after)) {
        closed.push(change.after);
      }
    }
    return { ended, closed };
  }

  digest(): string {
    for (const change of this.#noted.values()) {
      const { removed, added } = recordDifference(change);
      removed.forEach((text) => void this.#digest.remove(text));
      added.forEach((text) => void this.#digest.add(text));
    }
    this.#noted.clear();
    return this.#digest.hex();
  }

  /** The lines of a saved state. */
  *lines(): Generator<string> {
    const { ledger } = this;
    const header: StateHeader = { cell: ledger.cell, digest: this.digest(), sideTenants: this.#sides.rows() };
    yield JSON.stringify(header);
    yield* linesOf('nodes', Array.from(ledger.nodes.values(), rowOf));
    yield* linesOf('instances', Array.from(ledger.instances.values()));
    yield* linesOf(
      'moves',
      Array.from(ledger.moves.values()).filter((move) => !isOver(move)),
    );
  }

  #note(change: Change): void {
    const key = change.table === 'cell' ? 'cell' : `${change.table} ${change.key}`;
    const noted = this.#noted.get(key);
    this.#noted.set(key, noted === undefined ? change : joined(noted, change));
  }
}

/** A state that lines were written of. */
export interface RestoredState {
  readonly ledger: Ledger;
  readonly header: StateHeader;
}

export function restoreState(lines: readonly string[]): RestoredState {
  const ledger = emptyLedger();
  const header: StateHeader = JSON.parse(lines[0] ?? '');
  ledger.cell = header.cell;
  for (const line of lines.slice(1)) {
    const parsed: StateRows = JSON.parse(line);
    install(ledger, Array.from(changesOf(parsed)));
  }
  return { ledger, header };
}

/** A move that is closed and holds nothing: no event changes it any more. */
function isOver(move: Move): boolean {
  return !isOpen(move) && move.other === undefined;
}

function* changesOf(parsed: StateRows): Generator<Change> {
  const before = undefined;
  switch (parsed.table) {
    case 'nodes':
      for (const row of parsed.rows) yield { table: 'nodes', key: row.id, before, after: nodeOf(row) };
      return;
    case 'instances':
      for (const after of parsed.rows) yield { table: 'instances', key: after.id, before, after };
      return;
    case 'moves':
      for (const after of parsed.rows) yield { table: 'moves', key: after.id, before, after };
  }
}

function* linesOf(table: StateRows['table'], rows: readonly unknown[]): Generator<string> {
  for (let from = 0; from < rows.length; from += ROWS_PER_LINE) {
    yield JSON.stringify({ table, rows: rows.slice(from, from + ROWS_PER_LINE) });
  }
}

function rowOf({ tree, ...node }: Node): NodeRow {
  return { ...node, providers: tree.providers };
}

function nodeOf({ providers, ...node }: NodeRow): Node {
  return { ...node, tree: ProviderTree.of(providers) };
}

/** The first side of the one and the last side of the other, which are of the same record. */
function joined(first: Change, last: Change): Change {
  switch (last.table) {
    case 'cell':
      return first.table === 'cell' ? { ...last, before: first.before } : last;
    case 'nodes':
      return first.table === 'nodes'
        ? { table: 'nodes', key: last.key, before: first.before, after: last.after }
        : last;
    case 'instances':
      return first.table === 'instances' ? { ...last, before: first.before } : last;
    case 'moves':
      return first.table === 'moves' ? { ...last, before: first.before } : last;
  }
}
