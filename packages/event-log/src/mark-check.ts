import {
  type HighWaterMark,
  type HistoryLine,
  LOSS_ADVICE,
  OTHER_HISTORY_ADVICE,
  standingOf,
} from '@fleetbook/contracts';
import { type Bookmark, LogDamageError, type MissingEvents } from './port.ts';

/**
 * Compares one reading of a log with the mark kept from earlier ones. A log that lacks what was durable once is not
 * decided upon and answers nothing.
 */
export class MarkCheck {
  readonly #mark: HighWaterMark | undefined;
  readonly #begin: Bookmark;
  #reached: Bookmark | undefined;

  /** @param begin where the reading begins; what comes before it is not looked at. */
  constructor(mark: HighWaterMark | undefined, begin: Bookmark) {
    this.#mark = mark;
    this.#begin = begin;
    this.note(begin);
  }

  /** Told where the reading stands after each commit, in order. */
  note(bookmark: Bookmark): void {
    if (this.#reached === undefined && this.#mark !== undefined && bookmark.number >= this.#mark.number) {
      this.#reached = bookmark;
    }
  }

  /**
   * Asked at the end of the reading: throws LogDamageError 'went-back' when the log lacks the commit of the mark,
   * 'other-history' when it has never been of the mark's history.
   * @param line as folded; undefined when the log is empty.
   */
  require(line: HistoryLine | undefined, end: Bookmark): void {
    const mark = this.#mark;
    if (mark === undefined) {
      return;
    }
    if (line === undefined) {
      throw lossOf({ historyId: mark.historyId, from: 1, to: mark.number }, 'the log is empty');
    }
    const standing = standingOf(line, mark);
    switch (standing.kind) {
      case 'present':
        this.#requireReached(mark, end);
        this.#requireSame(mark);
        return;
      case 'kept':
        this.#requireSame(mark);
        return;
      case 'given-up':
        return;
      case 'beyond':
        throw lossOf(
          { historyId: mark.historyId, from: standing.lostTo + 1, to: mark.number },
          `only events up to ${standing.lostTo} were given up`,
        );
      case 'foreign':
        throw foreignTo(line, mark);
    }
  }

  #requireReached({ historyId, number }: HighWaterMark, end: Bookmark): void {
    if (end.number < number) {
      throw lossOf({ historyId, from: end.number + 1, to: number }, `the log ends with event ${end.number}`);
    }
  }

  #requireSame({ historyId, number, hash }: HighWaterMark): void {
    const reached = this.#reached;
    if (reached === undefined || this.#begin.number > number) {
      return;
    }
    if (reached.number !== number || reached.hash !== hash) {
      const found = `commit ${reached.hash}, up to event ${reached.number}, stands in place of ${hash}`;
      throw lossOf({ historyId, from: number, to: number }, found);
    }
  }
}

/** What is missing, why that is known, and what can be done. */
export function lossOf(missing: MissingEvents, found: string): LogDamageError {
  const { historyId, from, to } = missing;
  const events = from === to ? `event ${to}` : `events ${from} to ${to}`;
  const message = `${events} of history ${historyId} were durable, but ${found}; ${LOSS_ADVICE}`;
  return new LogDamageError('went-back', message, { number: to, missing });
}

function foreignTo({ historyId }: HistoryLine, mark: HighWaterMark): LogDamageError {
  const message =
    `the log is of history ${historyId}, but event ${mark.number} of history ${mark.historyId} was durable here; ` +
    OTHER_HISTORY_ADVICE;
  return new LogDamageError('other-history', message, { number: mark.number });
}
