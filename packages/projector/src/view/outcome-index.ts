/** One recorded decision of a command: where it begins in the log, and a time at or after both of its own. */
export type OutcomeRow = readonly [commandId: string, firstNumber: number, newestAt: number];

export interface OutcomeIndexOptions {
  /** Upper bound of remembered commands; the oldest are forgotten first. */
  readonly maxEntries: number;
}

/**
 * First event numbers of recorded decisions by command id, for as long as the cell remembers outcomes.
 * Several actors may use one command id: who sent it is told by the event.
 */
export interface OutcomeIndex {
  /** @param newestAt the later of the decision's time and the command's `issuedAt`, epoch milliseconds. */
  add(commandId: string, firstNumber: number, newestAt: number): void;
  find(commandId: string): readonly number[];
  /** Forgets decisions whose times are all before `horizon`. */
  forgetBefore(horizon: number): void;
  /** Decisions that begin before this event may have been forgotten; 1 when none was. */
  readonly completeFrom: number;
  capture(): () => Iterable<OutcomeRow>;
  restore(completeFrom: number, rows: Iterable<OutcomeRow>): void;
}

interface Segment {
  readonly numbers: Map<string, number | readonly number[]>;
  newestAt: number;
  highestNumber: number;
  entries: number;
}

const SEGMENTS = 32;

export function createOutcomeIndex({ maxEntries }: OutcomeIndexOptions): OutcomeIndex {
  const segmentEntries = Math.max(1, Math.floor(maxEntries / SEGMENTS));
  const segments: Segment[] = [];
  let completeFrom = 1;

  function openSegment(): Segment {
    const last = segments.at(-1);
    if (last !== undefined && last.entries < segmentEntries) {
      return last;
    }
    const segment: Segment = { numbers: new Map(), newestAt: 0, highestNumber: 0, entries: 0 };
    segments.push(segment);
    if (segments.length > SEGMENTS) {
      forgetOldest();
    }
    return segment;
  }

  function forgetOldest(): void {
    const oldest = segments.shift();
    completeFrom = Math.max(completeFrom, (oldest?.highestNumber ?? 0) + 1);
  }

  function add(commandId: string, firstNumber: number, newestAt: number): void {
    const segment = openSegment();
    const known = segment.numbers.get(commandId);
    segment.numbers.set(commandId, known === undefined ? firstNumber : [...listOf(known), firstNumber]);
    segment.newestAt = Math.max(segment.newestAt, newestAt);
    segment.highestNumber = firstNumber;
    segment.entries += 1;
  }

  return {
    add,
    find(commandId) {
      return segments.flatMap((segment) => listOf(segment.numbers.get(commandId)));
    },
    forgetBefore(horizon) {
      while (segments[0] !== undefined && segments[0].newestAt < horizon) {
        forgetOldest();
      }
    },
    get completeFrom() {
      return completeFrom;
    },
    capture() {
      const captured = segments.map((segment) => ({
        commandIds: Array.from(segment.numbers.keys()),
        numbers: Array.from(segment.numbers.values()),
        newestAt: segment.newestAt,
      }));
      return function* rows() {
        for (const { commandIds, numbers, newestAt } of captured) {
          for (const [index, commandId] of commandIds.entries()) {
            for (const number of listOf(numbers[index])) {
              yield [commandId, number, newestAt];
            }
          }
        }
      };
    },
    restore(from, rows) {
      segments.length = 0;
      for (const [commandId, firstNumber, newestAt] of Array.from(rows).sort((left, right) => left[1] - right[1])) {
        add(commandId, firstNumber, newestAt);
      }
      completeFrom = Math.max(completeFrom, from);
    },
  };
}

function listOf(numbers: number | readonly number[] | undefined): readonly number[] {
  if (numbers === undefined) {
    return [];
  }
  return typeof numbers === 'number' ? [numbers] : numbers;
}
