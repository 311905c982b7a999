import type { LedgerEvent } from '@fleetbook/domain';
import { type Bookmark, type EventLog, ORIGIN } from '@fleetbook/event-log';

/** Reads single events back from the log: the view keeps their numbers, the log their bodies. */
export interface EventReader {
  /** The events with these numbers, ascending; `bookmarkBefore` gives a place from which to read. */
  readEvents(numbers: readonly number[], bookmarkBefore: BookmarkBefore): Promise<readonly LedgerEvent[]>;
  /** All events from `first` to `last`, in order. */
  readRange(first: number, last: number, bookmarkBefore: BookmarkBefore): Promise<readonly LedgerEvent[]>;
}

export type BookmarkBefore = (number: number) => Bookmark | undefined;

/** Reads at the same time; more would only share the one connection. */
const PARALLEL_READS = 4;

/** Events that are cheaper to read through than to start another read behind. */
const READ_THROUGH_EVENTS = 2_000;

export function createEventReader(log: EventLog): EventReader {
  const gate = createGate(PARALLEL_READS);

  async function readRange(first: number, last: number, bookmarkBefore: BookmarkBefore): Promise<LedgerEvent[]> {
    const events: LedgerEvent[] = [];
    for await (const commits of log.read(bookmarkBefore(first) ?? ORIGIN, last)) {
      for (const event of commits.flatMap((commit) => commit.events)) {
        if (event.number >= first && event.number <= last) {
          events.push(event);
        }
      }
      if ((commits.at(-1)?.bookmark.number ?? last) >= last) {
        break;
      }
    }
    return events;
  }

  return {
    readRange: (first, last, bookmarkBefore) => gate(() => readRange(first, last, bookmarkBefore)),
    readEvents: (numbers, bookmarkBefore) =>
      gate(async () => {
        const found: LedgerEvent[] = [];
        for (const run of runsOf(numbers)) {
          const wanted = new Set(run);
          const events = await readRange(run[0] ?? 0, run.at(-1) ?? 0, bookmarkBefore);
          found.push(...events.filter((event) => wanted.has(event.number)));
        }
        return found;
      }),
  };
}

/** Neighbours are read in one go. */
function runsOf(numbers: readonly number[]): readonly (readonly number[])[] {
  const runs: number[][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && number - last <= READ_THROUGH_EVENTS) {
      run.push(number);
    } else {
      runs.push([number]);
    }
  }
  return runs;
}

function createGate(places: number) {
  const waiting: (() => void)[] = [];
  let free = places;
  return async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (free === 0) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    } else {
      free -= 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) {
        free += 1;
      } else {
        next();
      }
    }
  };
}
