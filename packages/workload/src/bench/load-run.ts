import type { Latencies } from '../measure/latencies.ts';

/** Sends one request and calls back once, when it is answered as it must be, or with what went wrong instead. */
export type Send = (onDone: (failure?: string) => void) => void;

export interface LoadRun {
  /** Answered within the time measured. */
  readonly requests: number;
  readonly seconds: number;
  readonly latencies: Latencies;
  /** It was broken off because answers stayed behind the rate. */
  readonly isOverloaded: boolean;
}
