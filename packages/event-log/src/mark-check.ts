import {
  type HighWaterMark,
  type HistoryLine,
  LOSS_ADVICE,
  OTHER_HISTORY_ADVICE,
  standingOf,
} from '@fleetbook/contracts';
import { type Bookmark, LogDamageError, type MissingEvents } from './port.ts';

/** What somebody knows to have been durable, and where the reading stood when it came there, or past it. */
interface Watched {
  readonly mark: HighWaterMark;
  reached: Bookmark | undefined;
}

/**
 * Compares one reading of a log with the marks kept from earlier ones. A log that lacks what was durable once is not
 * decided upon and answers nothing.
 */
export class MarkCheck {
  readonly #own: Watched | undefined;
  readonly #others: readonly Watched[];
  readonly #begin: Bookmark;

  /**
   * @param begin where the reading begins; what comes before it is not looked at.
   * @param others kept by other services: of what the log has never been, they may be left from another log.
   */
  constructor(mark: HighWaterMark | undefined, begin: Bookmark, others: readonly HighWaterMark[] = []) {
    this.#own = mark === undefined ? undefined : { mark, reached: undefined };
    this.#others = others.map((other) => ({ mark: other, reached: undefined }));
    this.#begin = begin;
    this.note(begin);
  }

  /** Told where the reading stands after each commit, in order. */
  note(bookmark: Bookmark): void {
    if (this.#own !== undefined) {
      noteReached(this.#own, bookmark);
    }
    for (const other of this.#others) {
      noteReached(other, bookmark);
    }
  }

  /**
   * Asked at the end of the reading: throws LogDamageError 'went-back' when the log lacks the commit of a mark,
   * 'other-history' when it has never been of the history of this service's own.
   * @param line as folded; undefined when the log is empty.
   */
  require(line: HistoryLine | undefined, end: Bookmark): void {
    if (this.#own !== undefined) {
      this.#requireMark(this.#own, line, end);
    }
    for (const other of this.#others) {
      if (line === undefined || standingOf(line, other.mark).kind !== 'foreign') {
        this.#requireMark(other, line, end);
      }
    }
  }

  #requireMark(watched: Watched, line: HistoryLine | undefined, end: Bookmark): void {
    const { mark } = watched;
    if (line === undefined) {
      throw lossOf({ historyId: mark.historyId, from: 1, to: mark.number }, 'the log is empty');
    }
    const standing = standingOf(line, mark);
    switch (standing.kind) {
      case 'present':
        requireReached(mark, end);
        this.#requireSame(watched);
        return;
      case 'kept':
        this.#requireSame(watched);
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

  #requireSame({ mark: { historyId, number, hash }, reached }: Watched): void {
    if (reached === undefined || this.#begin.number > number) {
      return;
    }
    if (reached.number !== number || reached.hash !== hash) {
      const found = `commit ${reached.hash}, up to event ${reached.number}, stands in place of ${hash}`;
      throw lossOf({ historyId, from: number, to: number }, found);
    }
  }
}

function noteReached(watched: Watched, bookmark: Bookmark): void {
  if (watched.reached === undefined && bookmark.number >= watched.mark.number) {
    watched.reached = bookmark;
  }
}

function requireReached({ historyId, number }: HighWaterMark, end: Bookmark): void {
  if (end.number < number) {
    throw lossOf({ historyId, from: end.number + 1, to: number }, `the log ends with event ${end.number}`);
  }
}

/** What is missing, why that is known, and what can be done. */
export function lossOf(missing: MissingEvents, found: string): LogDamageError {
  const { historyId, from, to } = missing;
  const [events, were] = from === to ? [`event ${to}`, 'was'] : [`events ${from} to ${to}`, 'were'];
  const message = `${events} of history ${historyId} ${were} durable, but ${found}; ${LOSS_ADVICE}`;
  return new LogDamageError('went-back', message, { number: to, missing });
}

function foreignTo({ historyId }: HistoryLine, mark: HighWaterMark): LogDamageError {
  const message =
    `the log is of history ${historyId}, but event ${mark.number} of history ${mark.historyId} was durable here; ` +
    OTHER_HISTORY_ADVICE;
  return new LogDamageError('other-history', message, { number: mark.number });
}
