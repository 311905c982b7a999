import type { EventLog, Position } from '@fleetbook/event-log';
import type { Clock } from '@fleetbook/operations';
import type { Timers } from './timers.ts';

export interface LagMonitorOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly intervalMs: number;
  readonly position: () => Position;
  /** Called after every look at the log's end, also when it could not be asked. */
  readonly onLook: () => void;
}

/**
 * How far the view is behind the log. The end is asked from the log, because what is not delivered cannot be counted
 * by waiting for it.
 */
export interface LagMonitor {
  start(): void;
  /** Tells it of the position after each commit folded: positions can only be compared for equality. */
  folded(position: Position): void;
  /** Milliseconds since the oldest end of the log that the view has not reached; 0 when it has reached it. */
  lagMs(): number;
  /** False while the log's end is not known: never asked successfully, or not lately. */
  readonly isEndKnown: boolean;
  stop(): void;
}

/** Looks that may fail in a row before the last known end says nothing any more. */
const FAILED_LOOKS = 3;

export function createLagMonitor({ log, clock, timers, intervalMs, position, onLook }: LagMonitorOptions): LagMonitor {
  let missing: { readonly end: Position; readonly sinceMs: number } | undefined;
  const passed = new Set<Position>();
  let failedLooks = FAILED_LOOKS;
  let cancel = (): void => undefined;
  let isAsking = false;
  let isStopped = false;

  async function look(): Promise<void> {
    isAsking = true;
    passed.add(position());
    const askedMs = clock.monotonicMs();
    try {
      const end = await log.end();
      failedLooks = 0;
      if (passed.has(end)) {
        missing = undefined;
      } else {
        missing = { end, sinceMs: missing?.sinceMs ?? askedMs };
      }
    } catch {
      failedLooks += 1;
    }
    isAsking = false;
    passed.clear();
    if (!isStopped) {
      onLook();
      cancel = timers.after(intervalMs, () => void look());
    }
  }

  return {
    start: () => void look(),
    folded(reached) {
      if (isAsking) {
        passed.add(reached);
      }
      if (missing?.end === reached) {
        missing = undefined;
      }
    },
    lagMs: () => (missing === undefined ? 0 : clock.monotonicMs() - missing.sinceMs),
    get isEndKnown() {
      return failedLooks < FAILED_LOOKS;
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
