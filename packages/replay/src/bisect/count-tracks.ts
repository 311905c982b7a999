import type { CountTerm } from '@fleetbook/contracts';
import { keyOf } from '../index/keys.ts';
import type { Segment } from '../index/segment.ts';
import type { Track } from './track.ts';

/** The index knows which events count: only those are looked at. */
async function countedIn(segment: Segment, { counted }: CountTerm, last: number): Promise<readonly number[]> {
  const key = 'type' in counted ? keyOf.type(counted.type) : keyOf.refusal(counted.code);
  return (await segment.concerning(key)).filter((number) => number <= last);
}

/** How many there were in all: it only grows, so that whole segments are added up. */
export class TotalTrack implements Track {
  readonly term: CountTerm;
  #sum = 0;
  #numbers: readonly number[] = [];

  constructor(term: CountTerm) {
    this.term = term;
  }

  async enter(segment: Segment, last: number): Promise<boolean> {
    this.#numbers = await countedIn(segment, this.term, last);
    return this.#sum + this.#numbers.length >= this.term.atLeast;
  }

  async read(): Promise<readonly number[]> {
    return this.#numbers;
  }

  valueAt(number: number): number {
    const after = this.#numbers.findIndex((each) => each > number);
    return this.#sum + (after === -1 ? this.#numbers.length : after);
  }

  async leave(): Promise<void> {
    this.#sum += this.#numbers.length;
    this.#numbers = [];
  }
}

interface Counted {
  readonly segment: Segment;
  readonly numbers: readonly number[];
}

/**
 * How many there were within a time: bursts come and go. A segment is passed over when it and those within reach before
 * it have too few such events; of the others, the times of the events are read.
 */
export class BurstTrack implements Track {
  readonly term: CountTerm;
  readonly #withinMs: number;
  #reach: readonly Counted[] = [];
  #times: { readonly number: number; readonly at: number }[] = [];
  #readUpTo = 0;

  constructor(term: CountTerm, withinMs: number) {
    this.term = term;
    this.#withinMs = withinMs;
  }

  async enter(segment: Segment, last: number): Promise<boolean> {
    const since = segment.firstAt - this.#withinMs;
    const numbers = await countedIn(segment, this.term, last);
    this.#reach = [...this.#reach.filter((each) => each.segment.lastAt > since), { segment, numbers }];
    this.#times = this.#times.filter(({ at }) => at > since);
    return this.#reach.reduce((sum, each) => sum + each.numbers.length, 0) >= this.term.atLeast;
  }

  async read(): Promise<readonly number[]> {
    for (const { segment, numbers } of this.#reach) {
      const unread = numbers.filter((number) => number > this.#readUpTo);
      this.#times.push(...(await segment.events(unread)).map(({ number, at }) => ({ number, at })));
      this.#readUpTo = Math.max(this.#readUpTo, segment.end.number);
    }
    return this.#reach.at(-1)?.numbers ?? [];
  }

  /** Counts back from that time. */
  valueAt(number: number, at: number): number {
    const isCounted = (each: { readonly number: number; readonly at: number }): boolean =>
      each.number <= number && at - each.at < this.#withinMs;
    let count = 0;
    for (let place = this.#placeAfter(number) - 1; place >= 0; place -= 1) {
      const each = this.#times[place];
      if (each === undefined || !isCounted(each)) {
        break;
      }
      count += 1;
    }
    return count;
  }

  async leave(): Promise<void> {
    // What was counted stays within reach for a while.
  }

  #placeAfter(number: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle]?.number ?? 0) <= number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
