import type { LedgerEvent } from '@fleetbook/domain';
import { decisionsOfCommand, type EventReader, type KnownNumbers, type Positions } from '@fleetbook/projector/past';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';

/** Reads events from the index instead of the log. */
export function createIndexReader(index: ReplayIndex): EventReader {
  return {
    readEvents: (numbers) => readNumbers(index, numbers),
    async readRange(first, last) {
      const events: LedgerEvent[] = [];
      for (const segment of index.segments) {
        if (segment.end.number >= first && segment.after.number < last) {
          for await (const commits of segment.commits()) {
            events.push(...commits.flatMap((commit) => commit.events).filter(isBetween(first, last)));
          }
        }
      }
      return events;
    },
  };
}

/** The events with these numbers, ascending. */
export async function readNumbers(index: ReplayIndex, numbers: readonly number[]): Promise<readonly LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for (const segment of index.segments) {
    const inside = numbers.filter((number) => number > segment.after.number && number <= segment.end.number);
    if (inside.length > 0) {
      events.push(...(await segment.events(inside)));
    }
  }
  return events;
}

/** Every event, up to and including `last`, that concerns what the key stands for, ascending. */
export async function positionsUntil(index: ReplayIndex, key: string, last: number): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (const segment of index.segments) {
    if (segment.after.number < last) {
      numbers.push(...(await segment.concerning(key)).filter((number) => number <= last));
    }
  }
  return numbers;
}

/**
 * The newest that concern what the key stands for, ascending, of the events after `after` up to and including `last`:
 * at least `count` of them if there are as many. Segments before these are not looked into.
 */
export async function newestPositions(
  index: ReplayIndex,
  key: string,
  { last, after, count }: { readonly last: number; readonly after: number; readonly count: number },
): Promise<readonly number[]> {
  let numbers: readonly number[] = [];
  for (const segment of index.segments.toReversed()) {
    if (numbers.length >= count || segment.end.number <= after) {
      break;
    }
    if (segment.after.number < last) {
      const inside = (await segment.concerning(key)).filter((number) => number > after && number <= last);
      numbers = [...inside, ...numbers];
    }
  }
  return numbers;
}

/** What is known at event `last`. */
export function positionsAt(index: ReplayIndex, last: number): Positions {
  const known = async (key: string): Promise<KnownNumbers> => ({
    numbers: await positionsUntil(index, key, last),
    isComplete: true,
  });
  return {
    node: (id) => known(keyOf.node(id)),
    instance: (id) => known(keyOf.instance(id)),
    move: (id) => known(keyOf.move(id)),
    async command(id) {
      const numbers: number[] = [];
      for (const segment of index.segments) {
        numbers.push(...(await segment.ofCommand(id)).filter((number) => number <= last));
      }
      return { numbers, isComplete: true };
    },
    commandsFrom: 1,
  };
}

/** The first event of each decision up to event `last` that the id of a command stands for, ascending. */
export async function firstsOfCommand(index: ReplayIndex, id: string, last: number): Promise<readonly LedgerEvent[]> {
  const readEvents = (numbers: readonly number[]) => readNumbers(index, numbers);
  const { firsts } = await decisionsOfCommand({ positions: positionsAt(index, last), readEvents, last }, id);
  return firsts;
}

function isBetween(first: number, last: number): (event: LedgerEvent) => boolean {
  return ({ number }) => number >= first && number <= last;
}
