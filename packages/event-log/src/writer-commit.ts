import type { DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { encodeCommit, encodeEvent } from './encode.ts';
import type { Bookmark, EncodedCommit } from './port.ts';

export interface WriterFacts {
  /** The end of the log, behind which the commit is appended. */
  readonly end: Pick<Bookmark, 'number' | 'hash'>;
  /** Of the commit: the one it elects, or else the newest elected. */
  readonly epoch: number;
  /** Id under which the commit is written. */
  readonly writer: string;
  /** Not before the last event of the log, epoch milliseconds. */
  readonly at: number;
  /** Fresh UUID. */
  readonly commitId: string;
}

export interface WriterCommit {
  readonly events: readonly LedgerEvent[];
  readonly commit: EncodedCommit;
}

/** What a writer decides by itself, one decision, as a commit of its own. */
export function writerCommit(facts: WriterFacts, decided: readonly DecidedEvent[]): WriterCommit {
  const { end, epoch, writer, at, commitId } = facts;
  const firstNumber = end.number + 1;
  const events = decided.map(
    (event, index): LedgerEvent => ({
      ...event,
      number: firstNumber + index,
      at,
      commandId: commitId,
      index,
      count: decided.length,
      actor: { role: 'system', id: writer },
    }),
  );
  const header = { commitId, epoch, firstNumber, previousHash: end.hash };
  const commit = encodeCommit(
    header,
    events.map((event) => encodeEvent(event)),
  );
  return { events, commit };
}
