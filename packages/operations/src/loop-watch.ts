import type { HealthCheck } from '@fleetbook/contracts';
import type { Clock } from './ports/clock.ts';
import type { Timers } from './ports/timers.ts';

export interface LoopWatch {
  /** Yellow or red for a minute after the process stood still. While it does, nobody is answered at all. */
  check(): HealthCheck;
  stop(): void;
}

const BEAT_MS = 250;
const REMEMBERED_MS = 60_000;
const YELLOW_MS = 1_000;
const RED_MS = 5_000;

interface Standstill {
  readonly stillMs: number;
  readonly endedMs: number;
}

/** Notices when the event loop did not turn: by a bug, a machine without time for it, or a stopped process. */
export function watchLoop({ clock, timers }: { readonly clock: Clock; readonly timers: Timers }): LoopWatch {
  let beatMs = clock.monotonicMs();
  let standstills: readonly Standstill[] = [];
  let cancel = (): void => undefined;

  function remembered(): readonly Standstill[] {
    const nowMs = clock.monotonicMs();
    return standstills.filter(({ endedMs }) => nowMs - endedMs <= REMEMBERED_MS);
  }

  function note(): void {
    const nowMs = clock.monotonicMs();
    const stillMs = nowMs - beatMs - BEAT_MS;
    beatMs = nowMs;
    if (stillMs >= YELLOW_MS) {
      standstills = [...remembered(), { stillMs, endedMs: nowMs }];
    }
  }

  function beat(): void {
    note();
    cancel = timers.after(BEAT_MS, beat);
  }

  cancel = timers.after(BEAT_MS, beat);
  return {
    check() {
      const longestMs = Math.max(0, ...remembered().map(({ stillMs }) => stillMs));
      if (longestMs === 0) {
        return { name: 'event loop', status: 'green' };
      }
      const reason = `the process stood still for ${Math.round(longestMs)} ms within the last minute`;
      return { name: 'event loop', status: longestMs < RED_MS ? 'yellow' : 'red', reason };
    },
    stop: () => cancel(),
  };
}
