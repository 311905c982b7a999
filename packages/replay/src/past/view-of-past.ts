import { type Change, emptyLedger, type Ledger } from '@fleetbook/domain';
import { type Bookmark, type Commit, ORIGIN } from '@fleetbook/event-log';
import {
  type AttentionIndex,
  createAttentionIndex,
  createMoveIndex,
  createNodeTable,
  createRunningCounters,
  createTenantUsage,
  FoldError,
  type MoveIndex,
  type NodeTable,
  type QuestionView,
  RowIndex,
  type RunningCounters,
  type SideTenantRow,
  type TenantUsage,
} from '@fleetbook/projector/past';
import { LeanState, type StateHeader } from '../index/state.ts';

/** Where a view begins that does not begin with the log. */
export interface ViewStart {
  readonly ledger: Ledger;
  readonly header: Pick<StateHeader, 'digest' | 'sideTenants'>;
  readonly bookmark: Bookmark;
  /** Time of the last event, epoch milliseconds. */
  readonly at: number;
}

/**
 * The inventory at an instant. It is folded once and asked little: an index is made when a question looks into it,
 * and of nodes and instances only those are read that the fold or a question comes to.
 */
export class ViewOfPast implements QuestionView {
  readonly bookmarks = { before: () => undefined };
  readonly digest = { hex: (): string => this.#state.digest() };
  readonly #state: LeanState;
  #bookmark: Bookmark;
  #at: number;
  #table: NodeTable | undefined;
  #tenants: TenantUsage | undefined;
  #counters: RunningCounters | undefined;
  #moves: MoveIndex | undefined;
  #attention: AttentionIndex | undefined;

  constructor(start?: ViewStart) {
    this.#state = new LeanState(start?.ledger ?? emptyLedger(), start?.header);
    this.#bookmark = start?.bookmark ?? ORIGIN;
    this.#at = start?.at ?? 0;
  }

  get ledger(): Ledger {
    return this.#state.ledger;
  }

  get bookmark(): Bookmark {
    return this.#bookmark;
  }

  get at(): number {
    return this.#at;
  }

  get sideTenants(): readonly SideTenantRow[] {
    return this.#state.sideTenants;
  }

  tenantOfSide(moveId: string): string | undefined {
    return this.#state.tenantOfSide(moveId);
  }

  get table(): NodeTable {
    this.#table ??= this.#makeTable();
    return this.#table;
  }

  get tenants(): TenantUsage {
    this.#tenants ??= this.#makeTenants();
    return this.#tenants;
  }

  get counters(): RunningCounters {
    this.#counters ??= this.#told(createRunningCounters());
    return this.#counters;
  }

  get moves(): MoveIndex {
    this.#moves ??= this.#told(createMoveIndex());
    return this.#moves;
  }

  get attention(): AttentionIndex {
    this.#attention ??= this.#told(createAttentionIndex(new RowIndex()));
    return this.#attention;
  }

  /** Before the first question. Throws FoldError for what cannot be folded; the view is of no use then. */
  apply(commit: Commit): void {
    for (const event of commit.events) {
      try {
        this.#state.apply(event);
      } catch (cause) {
        throw new FoldError(event.number, cause);
      }
    }
    this.#bookmark = commit.bookmark;
    this.#at = commit.events.at(-1)?.at ?? this.#at;
  }

  #makeTable(): NodeTable {
    const table = createNodeTable(this.ledger.nodes);
    for (const id of this.ledger.nodes.keys()) {
      table.mark(id);
    }
    return table;
  }

  #makeTenants(): TenantUsage {
    const tenants = this.#told(createTenantUsage());
    const known = new Set(tenants.sides().map(([moveId]) => moveId));
    for (const [moveId, tenant] of this.#state.sideTenants) {
      const move = this.ledger.moves.get(moveId);
      if (move !== undefined && !known.has(moveId)) {
        tenants.restoreSide(move, tenant);
      }
    }
    return tenants;
  }

  /** Tells an index of every record as if it had just come. */
  #told<Index extends { update(change: Change): void }>(index: Index): Index {
    const before = undefined;
    const { nodes, instances, moves } = this.ledger;
    for (const [key, after] of nodes) index.update({ table: 'nodes', key, before, after });
    for (const [key, after] of instances) index.update({ table: 'instances', key, before, after });
    for (const [key, after] of moves) index.update({ table: 'moves', key, before, after });
    return index;
  }
}
