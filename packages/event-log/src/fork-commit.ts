import type { LedgerEvent } from '@fleetbook/domain';
import { encodeCommit, encodeEvent } from './encode.ts';
import type { Bookmark, EncodedCommit } from './port.ts';

export interface ForkFacts {
  /** The end of what is left of the log: everything up to here is kept. */
  readonly end: Bookmark;
  /** The history that the log is of there. */
  readonly from: string;
  /** Fresh. */
  readonly newHistoryId: string;
  /**
   * The last event of `from` that is kept, by default the end: 0 where nothing is left of it, and the log up to the end
   * is a founding commit that was written anew.
   */
  readonly keptTo?: number;
  /** The highest event of `from` that anybody knows to have been durable; at least what is kept. */
  readonly lostTo: number;
  readonly reason: string;
  /** Id of the operator who gives the lost events up. */
  readonly operator: string;
  /** Id under which the commit is written; no tracker has it. */
  readonly writer: string;
  /** Not before the last event that is left, epoch milliseconds. */
  readonly at: number;
  /** Fresh UUIDs: of the commit and the election in it, and of the operator's decision. */
  readonly commitId: string;
  readonly decisionId: string;
}

/**
 * The commit by which a log that lost events goes on under another history: it is appended behind `end`. It begins with
 * an election, so that no writer of the time before can append any more; a tracker then takes office as ever.
 */
export function forkCommit(facts: ForkFacts): EncodedCommit {
  const { end, from, newHistoryId, lostTo, reason, operator, writer, at, commitId, decisionId } = facts;
  const { keptTo = end.number } = facts;
  const epoch = end.epoch + 1;
  const firstNumber = end.number + 1;
  const alone = { at, index: 0, count: 1, schemaVersion: 1 };
  const events: readonly LedgerEvent[] = [
    {
      ...{ type: 'WriterElected', ...alone, data: { epoch, writer } },
      ...{ number: firstNumber, commandId: commitId, actor: { role: 'system', id: writer } },
    },
    {
      ...{ type: 'HistoryForked', ...alone, data: { from, newHistoryId, keptTo, lostTo, reason } },
      ...{ number: firstNumber + 1, commandId: decisionId, actor: { role: 'operator', id: operator } },
    },
  ];
  const header = { commitId, epoch, firstNumber, previousHash: end.hash };
  return encodeCommit(
    header,
    events.map((event) => encodeEvent(event)),
  );
}
