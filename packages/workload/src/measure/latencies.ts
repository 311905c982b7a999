/** How long requests took, in milliseconds. */
export interface Latencies {
  add(durationMs: number): void;
  readonly count: number;
  /** The smallest duration that at least `share` (0 to 1) of all requests did not exceed; 0 without any. */
  percentile(share: number): number;
}

export const createLatencies = (): Latencies => {
  const durations: number[] = [];
  let isSorted = true;
  return {
    add: (durationMs) => {
      durations.push(durationMs);
      isSorted = false;
    },
    get count() {
      return durations.length;
    },
    percentile: (share) => {
      if (!isSorted) {
        durations.sort((left, right) => left - right);
        isSorted = true;
      }
      return durations[Math.max(0, Math.ceil(share * durations.length) - 1)] ?? 0;
    },
  };
};
