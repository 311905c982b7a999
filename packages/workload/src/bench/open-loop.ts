import { createLatencies } from '../measure/latencies.ts';
import type { LoadRun, Send } from './load-run.ts';

export interface OpenLoopOptions {
  readonly perSecond: number;
  readonly durationMs: number;
  /** More than this under way is overload, and ends the run. */
  readonly maximumUnderWay?: number;
  /** Whether a failure says that there is too much to do: overload as well, no failure. */
  readonly isOverload?: (failure: string) => boolean;
}

/** A timer is this late at most by itself; whatever more comes on top is counted as waiting. */
const TICK_MS = 1;
const DEFAULT_MAXIMUM_UNDER_WAY = 8_000;

/**
 * Sends at a fixed rate whatever the answers do. A duration is counted from when the request should have been sent, a
 * tick of the timer apart, so that a stall counts for every request it delayed. Rejects at the first failure.
 */
export const runOpenLoop = (send: Send, options: OpenLoopOptions): Promise<LoadRun> =>
  new Promise((resolve, reject) => {
    const { perSecond, durationMs, maximumUnderWay = DEFAULT_MAXIMUM_UNDER_WAY, isOverload = () => false } = options;
    const latencies = createLatencies();
    const startMs = performance.now();
    const total = Math.max(1, Math.floor((perSecond * durationMs) / 1000));
    let sent = 0;
    let underWay = 0;
    let isOver = false;
    let isOverloaded = false;

    const finishWhenAnswered = (): void => {
      if (isOver && underWay === 0) {
        resolve({ requests: latencies.count, seconds: sent / perSecond, latencies, isOverloaded });
      }
    };
    const sendOne = (): void => {
      const dueMs = startMs + (sent * 1000) / perSecond;
      const countedFromMs = Math.min(performance.now(), dueMs + TICK_MS);
      sent += 1;
      underWay += 1;
      isOverloaded ||= underWay > maximumUnderWay;
      isOver ||= isOverloaded || sent === total;
      send((failure) => {
        underWay -= 1;
        latencies.add(performance.now() - countedFromMs);
        if (failure !== undefined) {
          isOver = true;
          if (isOverload(failure)) {
            isOverloaded = true;
          } else {
            reject(new Error(failure));
          }
        }
        finishWhenAnswered();
      });
    };
    const tick = (): void => {
      const due = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1000) + 1);
      while (sent < due && !isOver) {
        sendOne();
      }
      if (!isOver) {
        setTimeout(tick, TICK_MS);
      }
    };
    tick();
  });
