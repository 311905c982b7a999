import { type Change, emptyLedger, evolve, install, type Ledger, type LedgerEvent, revert } from '@fleetbook/domain';
import { type Bookmark, type Commit, ORIGIN } from '@fleetbook/event-log';
import { createNodeTable, type NodeTable } from '../candidates/node-table.ts';
import { type BookmarkIndex, createBookmarkIndex } from './bookmark-index.ts';
import { createDigestKeeper, type DigestKeeper } from './digest-keeper.ts';
import { createEntityHistory, type EntityHistory } from './entity-history.ts';
import { FoldError } from './fold-error.ts';
import { createOutcomeIndex, type OutcomeIndex } from './outcome-index.ts';
import { createTenantUsage, type TenantUsage } from './tenant-usage.ts';

/** The folded inventory of a cell with the indexes that answer questions about it. */
export interface InventoryView {
  readonly ledger: Ledger;
  readonly table: NodeTable;
  readonly tenants: TenantUsage;
  readonly nodeHistory: EntityHistory;
  readonly instanceHistory: EntityHistory;
  readonly outcomes: OutcomeIndex;
  readonly bookmarks: BookmarkIndex;
  readonly digest: DigestKeeper;
  /** Where the view stands: always the end of a commit. */
  readonly bookmark: Bookmark;
  /** Where the last commit folded begins: from there it can be read again and compared. */
  readonly previous: Bookmark;
  /** Time of the last event folded, epoch milliseconds; 0 before the first. */
  readonly at: number;
  /** Applies a commit as a whole, or throws FoldError and leaves the view as it was. */
  apply(commit: Commit): void;
}

/** Where a view starts; a checkpoint gives more than the beginning of the log does. */
export interface ViewStart {
  readonly ledger: Ledger;
  readonly bookmark: Bookmark;
  readonly previous: Bookmark;
  readonly at: number;
  readonly digest?: string;
}

export interface ViewLimits {
  readonly maxOutcomes: number;
  readonly bookmarkStrideEvents: number;
  readonly maxBookmarks: number;
}

export const DEFAULT_VIEW_LIMITS: ViewLimits = {
  maxOutcomes: 4_000_000,
  bookmarkStrideEvents: 1_000,
  maxBookmarks: 16_384,
};

const BEGINNING = (): ViewStart => ({ ledger: emptyLedger(), bookmark: ORIGIN, previous: ORIGIN, at: 0 });

export function createInventoryView(start = BEGINNING(), limits = DEFAULT_VIEW_LIMITS): InventoryView {
  const { ledger } = start;
  const table = createNodeTable(ledger.nodes);
  const tenants = createTenantUsage();
  const nodeHistory = createEntityHistory();
  const instanceHistory = createEntityHistory();
  const outcomes = createOutcomeIndex({ maxEntries: limits.maxOutcomes });
  const bookmarks = createBookmarkIndex({
    strideEvents: limits.bookmarkStrideEvents,
    maxBookmarks: limits.maxBookmarks,
  });
  const digest = createDigestKeeper(ledger, start.digest);
  let { bookmark, previous, at } = start;

  function index(event: LedgerEvent, changes: readonly Change[]): void {
    for (const change of changes) {
      digest.note(change);
      tenants.update(change);
      if (change.table === 'nodes') {
        table.mark(change.key);
      }
    }
    const { command } = event;
    if (command === undefined) {
      return;
    }
    // A command names all that it changes. Refusals change nothing, yet belong to the history of what they name:
    // of nodes that exist, and of any instance.
    if (ledger.nodes.has(command.node)) {
      nodeHistory.add(command.node, event.number);
    }
    if ('instance' in command) {
      instanceHistory.add(command.instance, event.number);
    }
    outcomes.add(event.commandId, event.number, Math.max(event.at, event.issuedAt ?? 0));
  }

  for (const id of ledger.nodes.keys()) {
    table.mark(id);
  }
  for (const [key, after] of ledger.instances) {
    tenants.update({ table: 'instances', key, before: undefined, after });
  }

  return {
    ledger,
    table,
    tenants,
    nodeHistory,
    instanceHistory,
    outcomes,
    bookmarks,
    digest,
    get bookmark() {
      return bookmark;
    },
    get previous() {
      return previous;
    },
    get at() {
      return at;
    },
    apply(commit) {
      const changes = applyWhole(ledger, commit);
      let place = 0;
      for (const event of commit.events) {
        index(event, changes[place] ?? []);
        place += 1;
      }
      previous = bookmark;
      bookmark = commit.bookmark;
      bookmarks.add(bookmark);
      at = commit.events.at(-1)?.at ?? at;
      outcomes.forgetBefore(at - (ledger.cell?.policies.outcomeRetentionMs ?? 0));
    },
  };
}

/** The changes of each event of the commit. On a throw the ledger is put back to where the commit found it. */
function applyWhole(ledger: Ledger, commit: Commit): readonly (readonly Change[])[] {
  const applied: (readonly Change[])[] = [];
  for (const event of commit.events) {
    try {
      const changes = evolve(ledger, event);
      // Noted before they are installed: undoing a change that was not made is harmless, missing one that was is not.
      applied.push(changes);
      install(ledger, changes);
    } catch (cause) {
      for (const changes of applied.toReversed()) {
        revert(ledger, changes);
      }
      throw new FoldError(event.number, cause);
    }
  }
  return applied;
}
