import type { Clock } from '../ports/clock.ts';

export interface ManualClock extends Clock {
  /** Lets both clocks run on by this many milliseconds. */
  advance(durationMs: number): void;
  /** Moves the wall clock alone, as an administrator or a bad time server does. */
  setWall(nowMs: number): void;
}

/** A clock that stands still until a test moves it. */
export function manualClock(startMs = 1_700_000_000_000): ManualClock {
  let wallMs = startMs;
  let monotonic = 0;
  return {
    now: () => wallMs,
    monotonicMs: () => monotonic,
    advance: (durationMs) => {
      wallMs += durationMs;
      monotonic += durationMs;
    },
    setWall: (nowMs) => {
      wallMs = nowMs;
    },
  };
}
