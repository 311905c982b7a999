import {
  apply,
  type Change,
  emptyLedger,
  InstanceTable,
  type Ledger,
  type LedgerEvent,
  revert,
} from '@fleetbook/domain';
import { type Bookmark, type Commit, ORIGIN, recordHash } from '@fleetbook/event-log';
import { LedgerCapture, MILESTONE_EVENTS, MilestoneDigests, passesMilestone } from '@fleetbook/snapshot';
import { createNodeTable, type NodeTable } from '../candidates/node-table.ts';
import { type AttentionIndex, createAttentionIndex } from './attention-index.ts';
import { type BookmarkIndex, createBookmarkIndex } from './bookmark-index.ts';
import { createDigestKeeper, type DigestKeeper } from './digest-keeper.ts';
import { FoldError } from './fold-error.ts';
import { createHistories, type Histories } from './histories.ts';
import { createMoveIndex, type MoveIndex } from './move-index.ts';
import { createOutcomeIndex, type OutcomeIndex } from './outcome-index.ts';
import { createViewRows } from './row-index.ts';
import { createRunningCounters, type RunningCounters } from './running-counters.ts';
import { createTenantUsage, type TenantUsage } from './tenant-usage.ts';

/** The folded inventory of a cell with the indexes that answer questions about it. */
export interface InventoryView {
  readonly ledger: Ledger;
  readonly table: NodeTable;
  readonly tenants: TenantUsage;
  readonly counters: RunningCounters;
  readonly moves: MoveIndex;
  readonly attention: AttentionIndex;
  readonly histories: Histories;
  readonly outcomes: OutcomeIndex;
  readonly bookmarks: BookmarkIndex;
  readonly digest: DigestKeeper;
  /** What the digest was at milestones, beside what the checkpoints in the log state. */
  readonly milestones: MilestoneDigests;
  /** Where the view stands: always the end of a commit. */
  readonly bookmark: Bookmark;
  /** Where the last commit folded begins: from there it can be read again and compared. */
  readonly previous: Bookmark;
  /** Time of the last event folded, epoch milliseconds; 0 before the first. */
  readonly at: number;
  /** Applies a commit as a whole, or throws FoldError and leaves the view as it was. */
  apply(commit: Commit): void;
  /** The records as they are now, to be read little by little while the view goes on, until they are released. */
  capture(): LedgerCapture;
  release(capture: LedgerCapture): void;
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
  /** Events between two milestones. */
  readonly milestoneEvents: number;
}

const DEFAULT_LIMITS: ViewLimits = {
  maxOutcomes: 4_000_000,
  bookmarkStrideEvents: 1_000,
  maxBookmarks: 16_384,
  milestoneEvents: MILESTONE_EVENTS,
};

const beginning = (): ViewStart => ({
  ledger: emptyLedger(new InstanceTable(0, recordHash)),
  bookmark: ORIGIN,
  previous: ORIGIN,
  at: 0,
});

export function createInventoryView(start = beginning(), limits: Partial<ViewLimits> = {}): InventoryView {
  return new FoldedView(start, { ...DEFAULT_LIMITS, ...limits });
}

class FoldedView implements InventoryView {
  readonly ledger: Ledger;
  readonly table: NodeTable;
  readonly tenants = createTenantUsage();
  readonly counters = createRunningCounters();
  readonly moves = createMoveIndex();
  readonly #rows = createViewRows();
  readonly attention = createAttentionIndex(this.#rows.instances);
  readonly histories = createHistories(this.#rows);
  readonly outcomes: OutcomeIndex;
  readonly bookmarks: BookmarkIndex;
  readonly digest: DigestKeeper;
  readonly milestones: MilestoneDigests;
  readonly #captures = new Set<LedgerCapture>();
  #bookmark: Bookmark;
  #previous: Bookmark;
  #at: number;

  constructor({ ledger, bookmark, previous, at, digest }: ViewStart, limits: ViewLimits) {
    this.ledger = ledger;
    this.table = createNodeTable(ledger.nodes);
    this.outcomes = createOutcomeIndex({ maxEntries: limits.maxOutcomes });
    this.bookmarks = createBookmarkIndex({
      strideEvents: limits.bookmarkStrideEvents,
      maxBookmarks: limits.maxBookmarks,
    });
    this.digest = createDigestKeeper(ledger, this.#rows, digest);
    this.milestones = milestonesFrom(limits.milestoneEvents, previous, bookmark, digest);
    this.#bookmark = bookmark;
    this.#previous = previous;
    this.#at = at;
    for (const change of recordsAsChanges(ledger)) {
      this.#indexChange(change);
    }
  }

  get bookmark(): Bookmark {
    return this.#bookmark;
  }

  get previous(): Bookmark {
    return this.#previous;
  }

  get at(): number {
    return this.#at;
  }

  apply(commit: Commit): void {
    const changes = applyWhole(this.ledger, commit);
    let place = 0;
    for (const event of commit.events) {
      this.#index(event, changes[place] ?? []);
      place += 1;
    }
    this.#previous = this.#bookmark;
    this.#bookmark = commit.bookmark;
    this.bookmarks.add(this.#bookmark);
    this.#at = commit.events.at(-1)?.at ?? this.#at;
    this.milestones.moved(
      this.#previous.number,
      this.#bookmark.number,
      (onReady) => this.digest.atMilestone(onReady),
      () => this.digest.forgoMilestone(),
    );
    this.outcomes.forgetBefore(this.#at - (this.ledger.cell?.policies.outcomeRetentionMs ?? 0));
  }

  capture(): LedgerCapture {
    const capture = new LedgerCapture(this.ledger);
    this.#captures.add(capture);
    return capture;
  }

  release(capture: LedgerCapture): void {
    capture.release();
    this.#captures.delete(capture);
  }

  #index(event: LedgerEvent, changes: readonly Change[]): void {
    for (const capture of this.#captures) {
      capture.note(changes);
    }
    for (const change of changes) {
      this.digest.note(change);
      this.#indexChange(change);
    }
    this.milestones.note(event);
    this.histories.add(this.ledger, event, changes);
    if (event.command !== undefined) {
      this.outcomes.add(event.commandId, event.number, Math.max(event.at, event.issuedAt ?? 0));
    }
  }

  #indexChange(change: Change): void {
    this.tenants.update(change);
    this.counters.update(change);
    this.moves.update(change);
    this.attention.update(change);
    if (change.table === 'nodes') {
      this.table.mark(change.key);
    }
  }
}

/** A view that begins at a milestone is held to the checkpoint of that one, too. */
function milestonesFrom(
  strideEvents: number,
  { number: before }: Bookmark,
  { number: upTo }: Bookmark,
  digest?: string,
) {
  const isAtMilestone = digest !== undefined && passesMilestone(before, upTo, strideEvents);
  return new MilestoneDigests({ strideEvents, ...(isAtMilestone ? { start: { upTo, digest } } : {}) });
}

/** Every record as if it had just come. Ended instances of which there is none are in no index. */
function* recordsAsChanges({ nodes, instances, moves }: Ledger): Generator<Change, void> {
  const before = undefined;
  for (const [key, after] of nodes) yield { table: 'nodes', key, before, after };
  for (const [key, after] of instances) yield { table: 'instances', key, before, after };
  for (const [key, after] of moves) yield { table: 'moves', key, before, after };
}

/** The changes of each event of the commit. On a throw the ledger is put back to where the commit found it. */
function applyWhole(ledger: Ledger, commit: Commit): readonly (readonly Change[])[] {
  const applied: (readonly Change[])[] = [];
  for (const event of commit.events) {
    try {
      applied.push(apply(ledger, event));
    } catch (cause) {
      for (const changes of applied.toReversed()) {
        revert(ledger, changes);
      }
      throw new FoldError(event.number, cause);
    }
  }
  return applied;
}
