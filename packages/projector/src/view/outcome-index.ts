import { OutcomeSegment } from './outcome-segment.ts';

/** One recorded decision of a command: where it begins in the log, and a time at or after both of its own. */
export type OutcomeRow = readonly [commandId: string, firstNumber: number, newestAt: number];

export interface OutcomeIndexOptions {
  /** Upper bound of remembered commands; the oldest are forgotten first. */
  readonly maxEntries: number;
  /** 32 bits that whoever chooses the ids does not know; 0 without. */
  readonly seed?: number;
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
  /** In the order of the log, to be added again to an index that is restored. */
  capture(): () => Iterable<OutcomeRow>;
  /** Says of one that is restored, and has its rows, what was known of it. */
  restored(completeFrom: number): void;
}

const SEGMENTS = 32;

export function createOutcomeIndex({ maxEntries, seed = 0 }: OutcomeIndexOptions): OutcomeIndex {
  const segmentEntries = Math.max(1, Math.floor(maxEntries / SEGMENTS));
  const segments: OutcomeSegment[] = [];
  let completeFrom = 1;

  function openSegment(): OutcomeSegment {
    const last = segments.at(-1);
    if (last !== undefined && last.size < segmentEntries) {
      return last;
    }
    const segment = new OutcomeSegment(seed);
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
    openSegment().add(commandId, firstNumber, newestAt);
  }

  return {
    add,
    find: (commandId) => segments.flatMap((segment) => segment.find(commandId)),
    forgetBefore(horizon) {
      while (segments[0] !== undefined && segments[0].newestAt < horizon) {
        forgetOldest();
      }
    },
    get completeFrom() {
      return completeFrom;
    },
    capture() {
      const captured = segments.map((segment) => segment.capture());
      return function* rows() {
        for (const segmentRows of captured) {
          yield* segmentRows();
        }
      };
    },
    restored(from) {
      completeFrom = Math.max(completeFrom, from);
    },
  };
}
