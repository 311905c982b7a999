import {
  apply,
  type Cell,
  type Change,
  emptyLedger,
  type Instance,
  install,
  installPlace,
  isOpen,
  type Ledger,
  type LedgerEvent,
  type Move,
  type Node,
  type Provider,
  ProviderTree,
  placeOf,
} from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import { createSideTenants, type SideTenantRow, type SideTenants } from '@fleetbook/projector/past';
import { FirstChanges } from '@fleetbook/snapshot';
import { lineOfInstance, StoredInstances } from './stored-instances.ts';
import { lineOfNode, StoredNodes } from './stored-nodes.ts';

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
  /** What the digest does not contain yet. */
  readonly #changed = new FirstChanges();
  /** Of what was saved last and has not changed since: most instances are saved many times. */
  readonly #lines = new Map<string, PlacedLine>();
  /** Instances that these changes ended and that were taken out. */
  readonly #ended = new Map<string, Instance>();

  constructor(ledger = emptyLedger(), header?: Pick<StateHeader, 'digest' | 'sideTenants'>) {
    this.ledger = ledger;
    this.#digest = createDigest(header?.digest);
    this.#sides = restoreSides(ledger, header?.sideTenants);
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
        this.#ended.set(key, after);
        install(this.ledger, [{ table: 'instances', key, before: after, after: undefined }]);
      } else if (change.table === 'moves' && change.after !== undefined && isOver(change.after)) {
        closed.push(change.after);
      }
    }
    return { ended, closed };
  }

  /** For which tenants moves hold their sides. */
  get sideTenants(): readonly SideTenantRow[] {
    return this.#sides.rows();
  }

  tenantOfSide(moveId: string): string | undefined {
    return this.#sides.of(moveId);
  }

  digest(): string {
    this.#changed.settle(this.#digest, this.ledger, this.#ended);
    this.#ended.clear();
    return this.#digest.hex();
  }

  /** The lines of a whole saved state. */
  *lines(): Generator<string> {
    const [header = '', ...moves] = this.headLines();
    yield header;
    yield* linesOf('nodes', Array.from(this.ledger.nodes.values(), rowOf));
    yield* linesOf('instances', Array.from(this.ledger.instances.values()));
    yield* moves;
  }

  /** Everything but nodes and instances. */
  *headLines(): Generator<string> {
    const { ledger } = this;
    const header: StateHeader = { cell: ledger.cell, digest: this.digest(), sideTenants: this.#sides.rows() };
    yield JSON.stringify(header);
    yield* linesOf(
      'moves',
      Array.from(ledger.moves.values()).filter((move) => !isOver(move)),
    );
  }

  /** By id. */
  nodeLines(): readonly PlacedLine[] {
    return this.#nodesById().map((node) => ({ node: node.id, line: lineOfNode(node) }));
  }

  /** In the order of their nodes; those that are held nowhere come first. */
  instanceLines(): readonly PlacedLine[] {
    const lines = new Map<string, PlacedLine[]>([['', []]]);
    for (const { id } of this.#nodesById()) {
      lines.set(id, []);
    }
    for (const id of this.ledger.instances.keys()) {
      const placed = this.#lines.get(id) ?? this.#lineOf(id);
      const there = lines.get(placed.node);
      if (there === undefined) {
        lines.set(placed.node, [placed]);
      } else {
        there.push(placed);
      }
    }
    return Array.from(lines.values()).flat();
  }

  #lineOf(id: string): PlacedLine {
    const instance = this.ledger.instances.get(id);
    if (instance === undefined) {
      throw new RangeError(`there is no instance ${id}`);
    }
    const place = placeOf(instance);
    const placed = { node: place.node ?? '', line: lineOfInstance(instance, place) };
    this.#lines.set(id, placed);
    return placed;
  }

  #nodesById(): readonly Node[] {
    return Array.from(this.ledger.nodes.values()).sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  #note(change: Change): void {
    this.#changed.note(change);
    if (change.table === 'instances') {
      this.#lines.delete(change.key);
    }
  }
}

/** A line of a saved state, and the node that it belongs to. */
export interface PlacedLine {
  readonly node: string;
  readonly line: string;
}

/** A state that lines were written of. */
export interface RestoredState {
  readonly ledger: Ledger;
  readonly header: StateHeader;
}

/** Nodes and instances that are not among the lines: texts of lines. */
export interface StoredLines {
  readonly nodes: readonly string[];
  readonly instances: readonly string[];
}

const NONE: StoredLines = { nodes: [], instances: [] };

export function restoreState(lines: readonly string[], apart = NONE): RestoredState {
  const instances = new StoredInstances();
  const nodes = new StoredNodes();
  const ledger = emptyLedger(instances, nodes);
  const header: StateHeader = JSON.parse(lines[0] ?? '');
  ledger.cell = header.cell;
  for (const line of lines.slice(1)) {
    const parsed: StateRows = JSON.parse(line);
    install(ledger, Array.from(changesOf(parsed)));
  }
  for (const text of apart.nodes) {
    nodes.store(text, ({ id, providers, hasDrifts }) => {
      const after = hasDrifts ? nodes.get(id) : undefined;
      if (after !== undefined) {
        install(ledger, [{ table: 'nodes', key: id, before: undefined, after }]);
      }
      for (const provider of providers) {
        ledger.providerNode.set(provider, id);
      }
    });
  }
  for (const text of apart.instances) {
    instances.store(text, (id, place) => installPlace(ledger, id, place));
  }
  return { ledger, header };
}

/** For which tenants the moves of a saved state hold their sides. */
export function restoreSides(ledger: Ledger, rows: readonly SideTenantRow[] = []): SideTenants {
  const sides = createSideTenants(() => undefined);
  for (const [moveId, tenant] of rows) {
    const move = ledger.moves.get(moveId);
    if (move !== undefined) {
      sides.restore(move, tenant);
    }
  }
  return sides;
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
