import type { Instance, LedgerEvent, Move } from '@fleetbook/domain';
import { type Bookmark, type Commit, verifyCommit } from '@fleetbook/event-log';
import { lastPlace } from './blocks.ts';
import type { ClassRange } from './class-sums.ts';
import type { FinishedRow, NotedCommit, OpenSegment } from './open-segment.ts';
import type { Touch } from './touches.ts';

/** A stretch of the log with what is known about it, sealed on disk or still growing in memory. */
export interface Segment {
  /** Where a reader of the log stands before its first commit, and after its last. */
  readonly after: Bookmark;
  readonly end: Bookmark;
  /** False where only the state at its end is known: an incident file begins with such a one. */
  readonly hasEvents: boolean;
  /** Times of its first and last event, epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** What all nodes together had. */
  readonly classes: readonly ClassRange[];
  /** Numbers of the events that concern what the key stands for, ascending. */
  concerning(key: string): Promise<readonly number[]>;
  /** Numbers of the events that begin a decision on a command with this id, ascending. */
  ofCommand(id: string): Promise<readonly number[]>;
  /** All of them in order, each verified as a reader of the log does. */
  commits(): AsyncIterable<readonly Commit[]>;
  /** Ascending. */
  events(numbers: readonly number[]): Promise<readonly LedgerEvent[]>;
  /** The last event that is not younger; `at` is not before `firstAt`. */
  lastEventUntil(at: number): Promise<LedgerEvent | undefined>;
  touches(numbers: readonly number[]): Promise<ReadonlyMap<number, Touch>>;
  ended(): Promise<readonly FinishedRow<Instance>[]>;
  closed(): Promise<readonly FinishedRow<Move>[]>;
}

/** The newest stretch, as it is at the moment. */
export function segmentInMemory(open: OpenSegment): Segment {
  const commits = open.commits.slice();
  const first = open.after.number + 1;
  return {
    after: open.after,
    end: open.end,
    hasEvents: true,
    classes: open.classes,
    firstAt: commits[0]?.firstAt ?? 0,
    lastAt: commits.at(-1)?.lastAt ?? 0,
    concerning: async (key) => open.entities.find(key),
    ofCommand: async (id) => open.commands.find(id),
    async *commits() {
      for (const commit of commits) {
        yield [verified(commit)];
      }
    },
    events: async (numbers) => {
      const wanted = new Set(numbers);
      const chosen = new Set(numbers.map((number) => lastPlace(commits, ({ after }) => after.number < number)));
      return Array.from(chosen, (place) => commits[place])
        .flatMap((commit) => (commit === undefined ? [] : verified(commit).events))
        .filter(({ number }) => wanted.has(number));
    },
    lastEventUntil: async (at) => {
      const commit = commits[lastPlace(commits, ({ firstAt }) => firstAt <= at)];
      return commit === undefined ? undefined : verified(commit).events.findLast((event) => event.at <= at);
    },
    touches: async (numbers) => {
      const parse = (line: string): Touch => JSON.parse(line);
      return new Map(numbers.map((number) => [number, parse(open.touches[number - first] ?? '{}')]));
    },
    ended: async () => open.ended,
    closed: async () => open.closed,
  };
}

function verified({ stored, after, bookmark }: NotedCommit): Commit {
  return verifyCommit(stored, after, bookmark.position);
}
