import { performance } from 'node:perf_hooks';

/** Where time comes from. Nothing that decides or schedules reads it elsewhere. */
export interface Clock {
  /** Wall clock, whole milliseconds since 1970 in UTC; may jump either way. */
  now(): number;
  /** Milliseconds since an arbitrary start, with a fraction; never goes back. For durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
};
