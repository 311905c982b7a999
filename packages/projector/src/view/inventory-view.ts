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
import { ClaimGroups } from './claim-groups.ts';
import { createDigestKeeper, type DigestKeeper } from './digest-keeper.ts';
import { EndedRows } from './ended-rows.ts';
import { FoldError } from './fold-error.ts';
import { createHistories, type Histories } from './histories.ts';
import { createMoveIndex, type MoveIndex } from './move-index.ts';
import { createOutcomeIndex, type OutcomeIndex } from './outcome-index.ts';
import { createViewRows, type ViewRows } from './row-index.ts';
import { createRunningCounters, type RunningCounters } from './running-counters.ts';
import { SettledHistories } from './settled-histories.ts';
import { createTenantUsage, type TenantUsage } from './tenant-usage.ts';

/** The folded inventory of a cell with the indexes that answer questions about it. */
export interface InventoryView {
  readonly ledger: Ledger;
  readonly table: NodeTable;
  readonly tenants: TenantUsage;
  /** The tenant that a move holds its side for; undefined where the instance is nobody's. */
  tenantOfSide(moveId: string): string | undefined;
  readonly counters: RunningCounters;
  readonly moves: MoveIndex;
  readonly attention: AttentionIndex;
  readonly histories: Histories;
  /** Those of instances that ended before the last ones that did. */
  readonly settled: SettledHistories;
  readonly outcomes: OutcomeIndex;
  readonly bookmarks: BookmarkIndex;
  readonly digest: DigestKeeper;
  /** What the digest was at milestones, beside what the checkpoints in the log state. */
  readonly milestones: MilestoneDigests;
  /** Of its tables of ids. */
  readonly idSeed: number;
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

export interface ViewSettings {
  readonly maxOutcomes: number;
  readonly bookmarkStrideEvents: number;
  readonly maxBookmarks: number;
  /** Events between two milestones. */
  readonly milestoneEvents: number;
  /** Of so many instances that ended last everything is kept as it was; of others as little as is needed. */
  readonly endedInRows: number;
  /** Of the tables of ids: 32 bits that whoever chooses ids does not know, so that none are aimed at one place. */
  readonly idSeed: number;
}

const DEFAULT_SETTINGS: ViewSettings = {
  maxOutcomes: 4_000_000,
  bookmarkStrideEvents: 1_000,
  maxBookmarks: 16_384,
  milestoneEvents: MILESTONE_EVENTS,
  endedInRows: 1_024,
  idSeed: 0,
};

/** An empty one for the ledger of a view. */
export const instancesOf = ({ endedInRows, idSeed = 0 }: Partial<ViewSettings>): InstanceTable =>
  new InstanceTable(idSeed, recordHash, endedInRows);

const beginning = (settings: ViewSettings): ViewStart => ({
  ledger: emptyLedger(instancesOf(settings)),
  bookmark: ORIGIN,
  previous: ORIGIN,
  at: 0,
});

export function createInventoryView(start?: ViewStart, settings: Partial<ViewSettings> = {}): InventoryView {
  const whole = { ...DEFAULT_SETTINGS, ...settings };
  return new FoldedView(start ?? beginning(whole), whole);
}

class FoldedView implements InventoryView {
  readonly ledger: Ledger;
  readonly table: NodeTable;
  readonly tenants = createTenantUsage();
  readonly counters = createRunningCounters();
  readonly moves = createMoveIndex();
  readonly idSeed: number;
  readonly #rows: ViewRows;
  readonly attention: AttentionIndex;
  readonly settled: SettledHistories;
  readonly #endedRows: EndedRows;
  readonly histories: Histories;
  readonly outcomes: OutcomeIndex;
  readonly bookmarks: BookmarkIndex;
  readonly digest: DigestKeeper;
  readonly milestones: MilestoneDigests;
  readonly #captures = new Set<LedgerCapture>();
  #bookmark: Bookmark;
  #previous: Bookmark;
  #at: number;

  constructor({ ledger, bookmark, previous, at, digest }: ViewStart, settings: ViewSettings) {
    const { idSeed } = settings;
    this.ledger = ledger;
    this.idSeed = idSeed;
    this.#rows = createViewRows(idSeed);
    this.attention = createAttentionIndex(this.#rows.instances);
    this.settled = new SettledHistories(idSeed);
    this.#endedRows = new EndedRows(Math.floor(settings.endedInRows / 2));
    const onRow = (row: number): void => this.#endedRows.push(row);
    this.histories = createHistories(this.#rows, { settled: this.settled, onRow });
    this.table = createNodeTable(ledger.nodes);
    this.outcomes = createOutcomeIndex({ maxEntries: settings.maxOutcomes, seed: idSeed });
    this.bookmarks = createBookmarkIndex({
      strideEvents: settings.bookmarkStrideEvents,
      maxBookmarks: settings.maxBookmarks,
    });
    this.digest = createDigestKeeper(ledger, this.#rows, digest);
    this.milestones = milestonesFrom(settings.milestoneEvents, previous, bookmark, digest);
    this.#bookmark = bookmark;
    this.#previous = previous;
    this.#at = at;
    this.#indexLedger();
  }

  get bookmark(): Bookmark {
    return this.#bookmark;
  }

  tenantOfSide(moveId: string): string | undefined {
    return this.tenants.ofSide(moveId);
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
    this.#settle();
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
    if (this.#captures.size === 0) {
      this.settled.release();
    }
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

  /** As if every record had just come. Ended instances of which there is none are in no index. */
  #indexLedger(): void {
    const { nodes, instances, moves } = this.ledger;
    if (!(instances instanceof InstanceTable)) {
      throw new TypeError('a view reads its instances from their own table only');
    }
    const before = undefined;
    for (const [key, after] of nodes) this.#indexChange({ table: 'nodes', key, before, after });
    const groups = new ClaimGroups();
    instances.look({
      claim: (id, isConfirmed, node, tenant, charge) => {
        this.attention.restore(id, isConfirmed);
        groups.add(node, tenant, charge);
      },
      other: (after) => this.#indexChange({ table: 'instances', key: after.id, before, after }),
    });
    for (const group of groups.all()) {
      this.tenants.restore(group);
      this.counters.restore(group);
    }
    for (const [key, after] of moves) this.#indexChange({ table: 'moves', key, before, after });
  }

  #indexChange(change: Change): void {
    this.tenants.update(change);
    this.counters.update(change);
    this.moves.update(change);
    this.attention.update(change);
    if (change.table === 'nodes') {
      this.table.mark(change.key);
    } else if (change.table === 'instances' && change.after?.status === 'ended') {
      this.#endedRows.push(this.#rows.instances.of(change.key));
    }
  }

  /** While somebody reads what was captured, rows are of whom they were. */
  #settle(): void {
    if (this.#captures.size === 0) {
      this.#endedRows.settle(
        (row) => this.digest.awaitsInstance(row),
        (row) => this.#settleRow(row),
      );
    }
  }

  #settleRow(row: number): void {
    const { instances } = this.#rows;
    const instance = this.ledger.instances.get(instances.idAt(row));
    // What nobody had held when it was named may have come since.
    if (instance === undefined || instance.status === 'ended') {
      this.histories.instances.settle(row);
      instances.free(row);
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
