import type { Timers } from '@fleetbook/operations';

/** Questions that wait until an event has been folded. */
export interface Waiters {
  /** True when `number` has been reached in time, false at the deadline or when nobody may wait any more. */
  reach(number: number, deadlineMs: number): Promise<boolean>;
  advance(number: number): void;
  /** Ends all waits; later ones end at once. */
  close(): void;
  readonly size: number;
}

interface Waiter {
  readonly number: number;
  readonly settle: (isReached: boolean) => void;
}

/** Beyond it a wait ends at once: so many callers do not wait for an event, they wait for a projection that is down. */
const MAX_WAITERS = 10_000;

export function createWaiters(timers: Timers): Waiters {
  const waiting = new Set<Waiter>();
  let reached = 0;
  let isClosed = false;

  return {
    reach(number, deadlineMs) {
      if (number <= reached) {
        return Promise.resolve(true);
      }
      if (isClosed || deadlineMs <= 0 || waiting.size >= MAX_WAITERS) {
        return Promise.resolve(false);
      }
      return new Promise((resolve) => {
        const waiter: Waiter = {
          number,
          settle(isReached) {
            waiting.delete(waiter);
            cancel();
            resolve(isReached);
          },
        };
        const cancel = timers.after(deadlineMs, () => waiter.settle(false));
        waiting.add(waiter);
      });
    },
    advance(number) {
      reached = number;
      for (const waiter of waiting) {
        if (waiter.number <= number) {
          waiter.settle(true);
        }
      }
    },
    close() {
      isClosed = true;
      for (const waiter of waiting) {
        waiter.settle(false);
      }
    },
    get size() {
      return waiting.size;
    },
  };
}
