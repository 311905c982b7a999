import { createLatencies } from '../measure/latencies.ts';
import type { LoadRun, Send } from './load-run.ts';

export interface ClosedLoopOptions {
  /** Requests under way at any time: the next is sent when one is answered. */
  readonly inFlight: number;
  readonly durationMs: number;
}

/**
 * The most the other side does for a fixed number of waiting callers. Resolves when everything sent is answered.
 * Rejects at the first failure: a figure of which some requests failed is none.
 */
export const runClosedLoop = (send: Send, { inFlight, durationMs }: ClosedLoopOptions): Promise<LoadRun> =>
  new Promise((resolve, reject) => {
    const latencies = createLatencies();
    const startMs = performance.now();
    const endMs = startMs + durationMs;
    let underWay = 0;
    let hasFailed = false;

    const next = (): void => {
      const sentMs = performance.now();
      underWay += 1;
      send((failure) => {
        underWay -= 1;
        const nowMs = performance.now();
        if (failure !== undefined) {
          hasFailed = true;
          reject(new Error(failure));
        } else if (nowMs < endMs && !hasFailed) {
          latencies.add(nowMs - sentMs);
          next();
        } else if (underWay === 0) {
          resolve({ requests: latencies.count, seconds: durationMs / 1000, latencies, isOverloaded: false });
        }
      });
    };
    for (let place = 0; place < inFlight && !hasFailed; place += 1) {
      next();
    }
  });
