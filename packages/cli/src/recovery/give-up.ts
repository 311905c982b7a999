import { fleetbookError } from '@fleetbook/contracts';
import { type CellPolicies, fail, type Result, succeed } from '@fleetbook/domain';
import { type Bookmark, type EventLog, forkCommit, foundingCommit, ORIGIN } from '@fleetbook/event-log';
import type { Failure } from '../call.ts';
import { appendSurely } from './append-surely.ts';
import type { Comparison } from './compare.ts';
import type { KnownEnd } from './known-marks.ts';

/** Under this id the commits are written that no tracker wrote. */
const RECOVERY_WRITER = 'log-recover';

/** What is given up: the events of `from` after `keptTo`, up to the last one that anybody is known to have seen. */
export interface Loss {
  readonly from: string;
  readonly keptTo: number;
  readonly lostTo: number;
  /** Who knows of events beyond what is kept. */
  readonly known: readonly KnownEnd[];
}

export interface GivingUp {
  readonly cell: string;
  /** Of a log whose founding is lost too. */
  readonly policies: CellPolicies;
  readonly reason: string;
  readonly operator: string;
  readonly now: number;
  readonly newId: () => string;
}

/**
 * What a log has lost, as far as anybody knows. An empty log has lost a history that only others can name: NOT_FOUND
 * when nobody does.
 */
export function lossOfLog(
  { logLine, logEnd, founder }: Pick<Comparison, 'logLine' | 'logEnd' | 'founder'>,
  ends: readonly KnownEnd[],
): Result<Loss, Failure> {
  const newest = ends.toSorted((one, other) => other.number - one.number)[0];
  const from = logLine?.historyId ?? newest?.historyId;
  if (from === undefined) {
    return fail({
      ...fleetbookError('NOT_FOUND', { kind: 'event', id: 'that is known to be lost' }),
      next: 'The log is empty and nobody knows of another: a tracker founds it when it starts.',
    });
  }
  // A founding that an earlier attempt wrote anew says nothing of the history whose name it bears.
  const keptTo = logLine === undefined || (founder === RECOVERY_WRITER && logEnd.number === 2) ? 0 : logEnd.number;
  const known = ends.filter(({ historyId, number }) => historyId === from && number > keptTo);
  const lostTo = known.reduce((highest, { number }) => Math.max(highest, number), keptTo);
  return succeed({ from, keptTo, lostTo, known });
}

/** Lets the log go on under a new history. Gives its id. */
export async function giveUp(
  log: EventLog,
  { logEnd, logAt }: Pick<Comparison, 'logEnd' | 'logAt'>,
  { from, keptTo, lostTo }: Loss,
  facts: GivingUp,
): Promise<Result<string, Failure>> {
  const { cell, policies, reason, operator, newId } = facts;
  const at = Math.max(facts.now, logAt);
  let end: Bookmark = logEnd;
  if (end.number === 0) {
    const founding = { cell, historyId: from, policies, writer: RECOVERY_WRITER, at, commitId: newId() };
    const commit = foundingCommit(founding);
    const founded = await appendSurely(log, ORIGIN.position, commit);
    if (!founded.ok) {
      return founded;
    }
    end = { position: founded.value, number: commit.eventTexts.length, hash: commit.hash, epoch: commit.epoch };
  }
  const newHistoryId = newId();
  const commit = forkCommit({
    ...{ end, from, newHistoryId, keptTo, lostTo, reason, operator, at },
    ...{ writer: RECOVERY_WRITER, commitId: newId(), decisionId: newId() },
  });
  const forked = await appendSurely(log, end.position, commit);
  return forked.ok ? succeed(newHistoryId) : forked;
}
