import type { Predicate } from '@fleetbook/contracts';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { Segment } from '../index/segment.ts';
import { readNumbers } from '../past/event-source.ts';
import type { Found, Turn } from './find-figure.ts';

type Count = Extract<Predicate, { readonly kind: 'count' }>;

interface Counted {
  readonly segment: Segment;
  readonly numbers: readonly number[];
}

/** The first decision with which there were so many. The index knows which events count: only those are looked at. */
export async function findCount(index: ReplayIndex, predicate: Count, last: number): Promise<Found> {
  const key = 'type' in predicate.counted ? keyOf.type(predicate.counted.type) : keyOf.refusal(predicate.counted.code);
  const counted: Counted[] = [];
  for (const segment of index.segments.filter(({ after }) => after.number < last)) {
    const numbers = (await segment.entities()).find(key).filter((number) => number <= last);
    counted.push({ segment, numbers });
  }
  return predicate.withinMs === undefined
    ? findTotal(index, predicate, counted)
    : findBurst(index, predicate, predicate.withinMs, counted);
}

/** Counts only grow: the sums of whole segments lead to the one in which the wanted event is. */
async function findTotal(index: ReplayIndex, { atLeast }: Count, counted: readonly Counted[]): Promise<Found> {
  let sum = 0;
  for (const { numbers } of counted) {
    if (sum + numbers.length >= atLeast) {
      const number = numbers[atLeast - sum - 1] ?? 0;
      return turnAt(index, number, 1, (end) => sum + numbers.filter((each) => each <= end).length);
    }
    sum += numbers.length;
  }
  return { examined: 0 };
}

/**
 * Bursts come and go. A segment is passed over when it and those within reach before it have too few such events; of
 * the others, the times of the events are read.
 */
async function findBurst(
  index: ReplayIndex,
  { atLeast }: Count,
  withinMs: number,
  counted: readonly Counted[],
): Promise<Found> {
  const times: { readonly number: number; readonly at: number }[] = [];
  let examined = 0;
  let read = 0;
  for (const [place, { segment }] of counted.entries()) {
    const reach = counted.slice(0, place + 1).filter((each) => each.segment.lastAt > segment.firstAt - withinMs);
    if (reach.reduce((sum, { numbers }) => sum + numbers.length, 0) < atLeast) {
      continue;
    }
    for (const { numbers } of reach) {
      const unread = numbers.filter((number) => number > read);
      examined += unread.length;
      times.push(...(await readNumbers(index, unread)).map(({ number, at }) => ({ number, at })));
    }
    read = times.at(-1)?.number ?? read;
    const end = times.findIndex(({ at }, each) => at - (times[each - atLeast + 1]?.at ?? Number.NaN) < withinMs);
    const found = times[end];
    if (found !== undefined) {
      const inTime = times.filter(({ at }) => found.at - at < withinMs && at <= found.at);
      const count = (until: number): number => inTime.filter(({ number }) => number <= until).length;
      return turnAt(index, found.number, examined, count);
    }
  }
  return { examined };
}

async function turnAt(
  index: ReplayIndex,
  number: number,
  examined: number,
  countAt: (end: number) => number,
): Promise<Found> {
  const [event] = await readNumbers(index, [number]);
  if (event === undefined) {
    return { examined };
  }
  const first = event.number - event.index;
  const last = first + event.count - 1;
  const turn: Turn = { first, last, value: countAt(last), before: countAt(first - 1) };
  return { turn, examined };
}
