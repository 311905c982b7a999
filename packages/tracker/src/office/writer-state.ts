import { apply, emptyLedger, type Ledger, type LedgerEvent } from '@fleetbook/domain';
import { type Bookmark, ORIGIN } from '@fleetbook/event-log';
import type { MarkKeeper } from '@fleetbook/operations';
import { idsOf } from '../gate/command-ids.ts';
import type { KeyOf } from '../outcomes/command-key.ts';
import { CommitIndex } from '../outcomes/commit-index.ts';
import { OutcomeTable } from '../outcomes/outcome-table.ts';

/** Everything a writer knows. It runs ahead of the log while in office, and is dropped whole when in doubt. */
export interface WriterState {
  readonly ledger: Ledger;
  readonly outcomes: OutcomeTable;
  readonly commits: CommitIndex;
  /** The last commit folded. */
  bookmark: Bookmark;
  /** Of the last event in `ledger`, durable or not. */
  lastNumber: number;
  lastAt: number;
}

/** The state before the first event: where a fold begins that has no snapshot to begin from. */
export function initialState(): WriterState {
  const commits = new CommitIndex();
  commits.add(ORIGIN);
  return {
    ledger: emptyLedger(),
    outcomes: new OutcomeTable(),
    commits,
    bookmark: ORIGIN,
    lastNumber: ORIGIN.number,
    lastAt: 0,
  };
}

/** Takes a durable commit into the state. A throw leaves the state unusable. */
export function foldCommit(
  state: WriterState,
  keyOf: KeyOf,
  commit: { readonly events: readonly LedgerEvent[]; readonly bookmark: Bookmark },
): void {
  for (const event of commit.events) {
    apply(state.ledger, event);
    rememberOutcome(state, keyOf, event);
    state.lastNumber = event.number;
    state.lastAt = event.at;
  }
  state.bookmark = commit.bookmark;
  state.commits.add(commit.bookmark);
  forgetOldOutcomes(state);
}

/** Remembers the decision that begins with `event`, if a command caused it, under each id that it answers. */
export function rememberOutcome(state: WriterState, keyOf: KeyOf, event: LedgerEvent): void {
  if (event.issuedAt !== undefined) {
    const { actor, number, at, issuedAt } = event;
    for (const commandId of idsOf(event)) {
      state.outcomes.add(keyOf({ actor, commandId }), { number, time: Math.max(at, issuedAt) });
    }
  }
}

/** Lets go of outcomes behind the horizon: a command that old is refused before anyone asks for its outcome. */
export function forgetOldOutcomes(state: WriterState): void {
  const retentionMs = state.ledger.cell?.policies.outcomeRetentionMs;
  if (retentionMs !== undefined) {
    state.outcomes.forgetBefore(state.lastAt - retentionMs);
    state.commits.forgetBefore(state.outcomes.oldestNumber ?? state.bookmark.number);
  }
}

/** What is folded was durable. */
export function raiseMark(marks: MarkKeeper, { ledger: { cell }, bookmark: { number, hash } }: WriterState): void {
  if (cell !== undefined) {
    marks.raise({ historyId: cell.historyId, number, hash });
  }
}
