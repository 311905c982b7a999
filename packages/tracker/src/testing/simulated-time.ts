import type { Timers } from '@fleetbook/operations';
import { type ManualClock, manualClock } from '@fleetbook/operations/testing';

export interface SimulatedTime {
  readonly clock: ManualClock;
  readonly timers: Timers;
  /** Lets time run on and calls what falls due, in order. */
  advance(durationMs: number): void;
  /** Lets the process work, and time run on when it has nothing to do, until `isReached`. */
  until(isReached: () => boolean): Promise<void>;
  /** Lets time run on in small steps, and the process work in between. */
  pass(durationMs: number): Promise<void>;
  /** Lets the process work for a while without any time passing. */
  settle(): Promise<void>;
}

const LONGEST_MS = 120_000;
const STEP_MS = 10;
/** More than any chain of callbacks between two waits is long. */
const TURNS = 8;
const LONGER_STEP_MS = 250;

/** Time that moves only when a test lets it. */
export function simulatedTime(): SimulatedTime {
  const clock = manualClock();
  const due = new Map<symbol, { readonly atMs: number; readonly task: () => void }>();
  const timers: Timers = {
    after(delayMs, task) {
      const key = Symbol();
      due.set(key, { atMs: clock.monotonicMs() + delayMs, task });
      return () => void due.delete(key);
    },
    soon: (task) => void setImmediate(task),
  };

  function advance(durationMs: number): void {
    clock.advance(durationMs);
    for (const [key, { atMs, task }] of [...due]) {
      if (atMs <= clock.monotonicMs() && due.delete(key)) {
        task();
      }
    }
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    clock,
    timers,
    advance,
    settle,
    async pass(durationMs) {
      for (let passedMs = 0; passedMs < durationMs; passedMs += LONGER_STEP_MS) {
        advance(Math.min(LONGER_STEP_MS, durationMs - passedMs));
        await settle();
      }
    },
    async until(isReached) {
      for (let passedMs = 0; passedMs < LONGEST_MS; passedMs += STEP_MS) {
        await settle();
        if (isReached()) {
          return;
        }
        advance(STEP_MS);
      }
      throw new Error(`not reached within ${LONGEST_MS} simulated milliseconds: ${isReached.toString()}`);
    },
  };
}
