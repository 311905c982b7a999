import type { Clock } from './clock.ts';

/** Cuts long work into slices, so that other questions are answered between them. */
export interface Slices {
  /** Call between steps: when the slice is used up, lets waiting messages be answered first. */
  pause(): Promise<void> | undefined;
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
