import { type Bookmark, ORIGIN, type Position } from '@fleetbook/event-log';
import { describe, expect, it } from 'vitest';
import { CommitIndex } from './commit-index.ts';

const EVENTS_PER_COMMIT = 3;

function asPosition(value: number): Position {
  const isPosition = (candidate: number): candidate is Position => candidate >= 0;
  if (!isPosition(value)) {
    throw new RangeError(`${value} is no position`);
  }
  return value;
}

const bookmark = (commit: number): Bookmark => ({
  position: asPosition(commit * 10),
  number: commit * EVENTS_PER_COMMIT,
  hash: commit.toString(16).padStart(64, 'a'),
  epoch: 1 + (commit >> 3),
});

function filled(commits: number): CommitIndex {
  const index = new CommitIndex(4);
  index.add(ORIGIN);
  for (let commit = 1; commit <= commits; commit += 1) {
    index.add(bookmark(commit));
  }
  return index;
}

describe('commit index', () => {
  it('gives the end of the commit before the one that holds an event', () => {
    const index = filled(100);
    expect([1, 2, 3].map((number) => index.before(number))).toEqual([ORIGIN, ORIGIN, ORIGIN]);
    expect([4, 6, 7].map((number) => index.before(number))).toEqual([bookmark(1), bookmark(1), bookmark(2)]);
    expect(index.before(301)).toEqual(bookmark(100));
  });

  it('forgets what only older events need, and keeps its size', () => {
    const index = filled(0);
    for (let commit = 1; commit <= 1_000; commit += 1) {
      index.add(bookmark(commit));
      index.forgetBefore((commit - 4) * EVENTS_PER_COMMIT);
    }
    expect(index.size).toBe(6);
    expect(index.before(996 * EVENTS_PER_COMMIT)).toEqual(bookmark(995));
    expect(index.before(990 * EVENTS_PER_COMMIT)).toBeUndefined();
  });

  it('is captured up to an event as it is, whatever is added and forgotten before the capture is read', () => {
    const index = filled(100);
    index.forgetBefore(90 * EVENTS_PER_COMMIT);
    const captured = index.capture(98 * EVENTS_PER_COMMIT);
    for (let commit = 101; commit <= 1_000; commit += 1) {
      index.add(bookmark(commit));
      index.forgetBefore((commit - 4) * EVENTS_PER_COMMIT);
    }
    expect([...captured()]).toEqual(Array.from({ length: 10 }, (_, place) => bookmark(89 + place)));
    expect([...index.capture(0)()]).toEqual([]);
  });
});
