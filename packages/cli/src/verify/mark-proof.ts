import { type HighWaterMark, type HistoryLine, standingOf } from '@fleetbook/contracts';
import { type Bookmark, MarkCheck, ORIGIN } from '@fleetbook/event-log';

/** Compares one reading of a whole log with what services knew to be durable before it began. */
export class MarkProof {
  readonly #checks: readonly { readonly mark: HighWaterMark; readonly check: MarkCheck }[];

  constructor(marks: readonly HighWaterMark[]) {
    this.#checks = marks.map((mark) => ({ mark, check: new MarkCheck(mark, ORIGIN) }));
  }

  /** Told where the reading stands after each commit, in order. */
  ended(bookmark: Bookmark): void {
    for (const { check } of this.#checks) {
      check.note(bookmark);
    }
  }

  /** Asked at the end: throws LogDamageError where the log lacks something. */
  require(line: HistoryLine | undefined, end: Bookmark): void {
    for (const { mark, check } of this.#checks) {
      // A service that remembers another history says nothing about this one, and stops for itself.
      if (line === undefined || standingOf(line, mark).kind !== 'foreign') {
        check.require(line, end);
      }
    }
  }
}
