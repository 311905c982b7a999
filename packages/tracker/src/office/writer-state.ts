import { apply, type Change, emptyLedger, InstanceTable, type Ledger, type LedgerEvent } from '@fleetbook/domain';
import { type Bookmark, createDigest, ORIGIN, recordHash } from '@fleetbook/event-log';
import type { Clock, MarkKeeper, Timers } from '@fleetbook/operations';
import { type LedgerCapture, MILESTONE_EVENTS, MilestoneDigests, RunningDigest } from '@fleetbook/snapshot';
import { idsOf } from '../gate/command-ids.ts';
import type { CommandKey, CommandKeys } from '../outcomes/command-key.ts';
import { CommitIndex } from '../outcomes/commit-index.ts';
import { OutcomeTable } from '../outcomes/outcome-table.ts';

/** Everything a writer knows. It runs ahead of the log while in office, and is dropped whole when in doubt. */
export interface WriterState {
  readonly ledger: Ledger;
  readonly outcomes: OutcomeTable;
  readonly commits: CommitIndex;
  /** How `outcomes` names commands. */
  readonly keys: CommandKeys;
  /** Of `ledger`. */
  readonly digest: RunningDigest;
  /** What `digest` was at milestones, beside what the checkpoints in the log state. */
  readonly milestones: MilestoneDigests;
  /** The last event of the snapshot that the fold began with, 0 without one. */
  readonly begunAt: number;
  /** Of `ledger` as it was, while somebody reads it. */
  capture: LedgerCapture | undefined;
  /** The last commit folded. */
  bookmark: Bookmark;
  /** Of the last event in `ledger`, durable or not. */
  lastNumber: number;
  lastAt: number;
  /** The time of the newest WriterElected, epoch milliseconds; 0 before the first. */
  electedAt: number;
  /** Every outcome of this time or later is remembered, epoch milliseconds. */
  knownSince: number;
}

export interface StateOptions {
  readonly keys: CommandKeys;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Events between two milestones, where every reader of the cell goes by another number than the usual one. */
  readonly milestoneEvents?: number;
}

/** The state before the first event: where a fold begins that has no snapshot to begin from. */
export function initialState({ keys, clock, timers, milestoneEvents = MILESTONE_EVENTS }: StateOptions): WriterState {
  const commits = new CommitIndex();
  commits.add(ORIGIN);
  const ledger = emptyLedger(new InstanceTable(keys.seed, recordHash));
  return {
    ledger,
    outcomes: new OutcomeTable(),
    commits,
    keys,
    digest: new RunningDigest({ ledger, clock, timers, start: createDigest().hex() }),
    milestones: new MilestoneDigests({ strideEvents: milestoneEvents }),
    begunAt: ORIGIN.number,
    capture: undefined,
    bookmark: ORIGIN,
    lastNumber: ORIGIN.number,
    lastAt: 0,
    electedAt: 0,
    knownSince: 0,
  };
}

/** Now, epoch milliseconds: the ledger's time never goes back. */
export function ledgerTime({ lastAt }: Pick<WriterState, 'lastAt'>, clock: Pick<Clock, 'now'>): number {
  return Math.max(clock.now(), lastAt);
}

/** Takes a durable commit into the state. A throw leaves the state unusable. */
export function foldCommit(
  state: WriterState,
  commit: { readonly events: readonly LedgerEvent[]; readonly bookmark: Bookmark },
): void {
  const before = state.lastNumber;
  for (const event of commit.events) {
    noteChanges(state, apply(state.ledger, event));
    rememberOutcome(state, event);
    state.lastNumber = event.number;
    state.lastAt = event.at;
    state.milestones.note(event);
    if (event.type === 'WriterElected') {
      state.electedAt = event.at;
    }
  }
  state.milestones.moved(before, state.lastNumber, (onReady) => state.digest.take(onReady));
  state.bookmark = commit.bookmark;
  state.commits.add(commit.bookmark);
  forgetOldOutcomes(state);
}

/** Told of every change that the ledger keeps, before the next one. */
export function noteChanges({ digest, capture }: WriterState, changes: readonly Change[]): void {
  digest.note(changes);
  capture?.note(changes);
}

/**
 * Remembers the decision that begins with `event`, if a command caused it, under each id that it answers.
 * `key`: of the command's own id, where it is known.
 */
export function rememberOutcome(state: WriterState, event: LedgerEvent, key?: CommandKey): void {
  if (event.issuedAt !== undefined) {
    const { actor, number, at, issuedAt } = event;
    const outcome = { number, time: Math.max(at, issuedAt) };
    for (const commandId of idsOf(event)) {
      const isKnown = key !== undefined && commandId === event.commandId;
      state.outcomes.add(isKnown ? key : state.keys.keyOf({ actor, commandId }), outcome);
    }
  }
}

/**
 * Lets go of outcomes behind the horizon: a command that old is refused before anyone asks for its outcome. For that
 * long after an election nothing is let go: what was put into the inbox while nobody was in office may have been
 * decided before, and is judged only now.
 */
export function forgetOldOutcomes(state: WriterState): void {
  const retentionMs = state.ledger.cell?.policies.outcomeRetentionMs;
  if (retentionMs !== undefined && state.lastAt >= state.electedAt + retentionMs) {
    state.knownSince = Math.max(state.knownSince, state.lastAt - retentionMs);
    state.outcomes.forgetBefore(state.knownSince);
    state.commits.forgetBefore(state.outcomes.oldestNumber ?? state.bookmark.number);
  }
}

/** What is folded was durable. */
export function raiseMark(marks: MarkKeeper, { ledger: { cell }, bookmark: { number, hash } }: WriterState): void {
  if (cell !== undefined) {
    marks.raise({ historyId: cell.historyId, number, hash });
  }
}
