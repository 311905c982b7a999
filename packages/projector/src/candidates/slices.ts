import type { Turns } from '@fleetbook/domain';
import type { Clock } from '@fleetbook/operations';

/** Cuts long work into slices, so that other questions are answered between them. */
export interface Slices {
  /** Call between steps: when the slice is used up, lets waiting messages be answered first. */
  pause(): Promise<void> | undefined;
}

/** The result of work in turns, at once when it takes one turn; `pause` is asked between them. */
export function takeTurns<Result>(
  turns: Turns<Result>,
  pause: () => Promise<void> | undefined,
): Result | Promise<Result> {
  const first = turns.next();
  return first.done === true ? first.value : takeFurtherTurns(turns, pause);
}

async function takeFurtherTurns<Result>(turns: Turns<Result>, pause: () => Promise<void> | undefined): Promise<Result> {
  for (;;) {
    const paused = pause();
    if (paused !== undefined) {
      await paused;
    }
    const turn = turns.next();
    if (turn.done === true) {
      return turn.value;
    }
  }
}

export type StartSlices = () => Slices;

const SLICE_MS = 1;

export function slicesOn(clock: Clock, yieldToMessages: () => Promise<void>): StartSlices {
  return () => {
    let endMs = clock.monotonicMs() + SLICE_MS;
    return {
      pause() {
        if (clock.monotonicMs() < endMs) {
          return undefined;
        }
        return yieldToMessages().then(() => {
          endMs = clock.monotonicMs() + SLICE_MS;
        });
      },
    };
  };
}
