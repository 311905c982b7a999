import type { HistoryLine } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { MarkCheck } from './mark-check.ts';
import { type Bookmark, LogDamageError, ORIGIN } from './port.ts';

const hashAt = (number: number, salt = ''): string => `${salt}${number}`.padStart(64, '0');

const at = (number: number, salt?: string): Bookmark => ({ ...ORIGIN, number, hash: hashAt(number, salt), epoch: 1 });

/** Commits that end with events 2, 4, 6 … */
const bookmarksTo = (end: number): readonly Bookmark[] =>
  Array.from({ length: end / 2 }, (_unused, index) => at((index + 1) * 2));

const ONE: HistoryLine = { historyId: 'one' };

const TWO: HistoryLine = {
  historyId: 'two',
  forks: [{ from: 'one', newHistoryId: 'two', keptTo: 6, lostTo: 10 }],
};

/** What the check of a log up to `end` comes to: its damage, or undefined. */
function judge(
  mark: { readonly historyId: string; readonly number: number; readonly salt?: string },
  line: HistoryLine | undefined,
  end: number,
  begin: Bookmark = ORIGIN,
): Pick<LogDamageError, 'kind' | 'missing'> | undefined {
  const { historyId, number, salt } = mark;
  const check = new MarkCheck({ historyId, number, hash: hashAt(number, salt) }, begin);
  const bookmarks = bookmarksTo(end).filter((bookmark) => bookmark.number > begin.number);
  for (const bookmark of bookmarks) {
    check.note(bookmark);
  }
  try {
    check.require(line, bookmarks.at(-1) ?? begin);
    return undefined;
  } catch (error) {
    if (error instanceof LogDamageError) {
      const { kind, missing } = error;
      return { kind, missing };
    }
    throw error;
  }
}

const missing = (historyId: string, from: number, to: number) => ({
  kind: 'went-back',
  missing: { historyId, from, to },
});

describe('a log is compared with what is known to have been in it', () => {
  it('and is sound while it holds the commit, however much follows', () => {
    expect(judge({ historyId: 'one', number: 8 }, ONE, 8)).toBeUndefined();
    expect(judge({ historyId: 'one', number: 8 }, ONE, 20)).toBeUndefined();
  });

  it('lacks what it ends before', () => {
    expect(judge({ historyId: 'one', number: 8 }, ONE, 4)).toEqual(missing('one', 5, 8));
  });

  it('lacks everything when it is empty', () => {
    expect(judge({ historyId: 'one', number: 8 }, undefined, 0)).toEqual(missing('one', 1, 8));
  });

  it('lacks the commit in whose place another stands, or across which another reaches', () => {
    expect(judge({ historyId: 'one', number: 8, salt: 'f' }, ONE, 20)).toEqual(missing('one', 8, 8));
    expect(judge({ historyId: 'one', number: 7 }, ONE, 20)).toEqual(missing('one', 7, 7));
  });

  it('is another when it was never of the history', () => {
    expect(judge({ historyId: 'none', number: 2 }, TWO, 20)).toMatchObject({ kind: 'other-history' });
  });

  it('need not hold what was given up, must hold what was kept, and lacks what comes after both', () => {
    expect(judge({ historyId: 'one', number: 6 }, TWO, 20)).toBeUndefined();
    expect(judge({ historyId: 'one', number: 6, salt: 'f' }, TWO, 20)).toEqual(missing('one', 6, 6));
    expect(judge({ historyId: 'one', number: 10 }, TWO, 20)).toBeUndefined();
    expect(judge({ historyId: 'one', number: 12 }, TWO, 20)).toEqual(missing('one', 11, 12));
    expect(judge({ historyId: 'two', number: 30 }, TWO, 20)).toEqual(missing('two', 21, 30));
  });

  it('from where a reading begins on', () => {
    expect(judge({ historyId: 'one', number: 8 }, ONE, 20, at(8))).toBeUndefined();
    expect(judge({ historyId: 'one', number: 8 }, ONE, 20, at(8, 'f'))).toEqual(missing('one', 8, 8));
    expect(judge({ historyId: 'one', number: 8 }, ONE, 20, at(12))).toBeUndefined();
    expect(judge({ historyId: 'one', number: 30 }, ONE, 20, at(12))).toEqual(missing('one', 21, 30));
  });

  it('and says which events are missing and what can be done', () => {
    const check = new MarkCheck({ historyId: 'one', number: 8, hash: hashAt(8) }, ORIGIN);
    expect(() => check.require(undefined, ORIGIN)).toThrow(/events 1 to 8 of history one .* keep a copy/);
  });

  it('unless nothing is known', () => {
    expect(() => new MarkCheck(undefined, ORIGIN).require(undefined, ORIGIN)).not.toThrow();
  });

  it('and holds what others know of its history, if not what they know of others', () => {
    const others = [
      { historyId: 'none', number: 90, hash: hashAt(90) },
      { historyId: 'one', number: 8, hash: hashAt(8) },
    ];
    const judgeOthers = (end: number, line: HistoryLine | undefined = ONE) => {
      const check = new MarkCheck({ historyId: 'one', number: 4, hash: hashAt(4) }, ORIGIN, others);
      const bookmarks = bookmarksTo(end);
      for (const bookmark of bookmarks) {
        check.note(bookmark);
      }
      check.require(line, bookmarks.at(-1) ?? ORIGIN);
    };
    expect(() => judgeOthers(8)).not.toThrow();
    expect(() => judgeOthers(6)).toThrow(expect.objectContaining(missing('one', 7, 8)));
    const only = new MarkCheck({ historyId: 'one', number: 1, hash: hashAt(1) }, ORIGIN);
    expect(() => only.require({ historyId: 'one' }, ORIGIN)).toThrow(/^event 1 of history one was durable, /);
    expect(() => new MarkCheck(undefined, ORIGIN, others).require(undefined, ORIGIN)).toThrow('the log is empty');
  });
});
