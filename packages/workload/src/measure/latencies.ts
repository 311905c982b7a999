/** How long requests took, in milliseconds. */
export interface Latencies {
  add(durationMs: number): void;
  readonly count: number;
  /** The smallest duration that at least `share` (0 to 1) of all requests did not exceed; 0 without any. */
  percentile(share: number): number;
}

export const createLatencies = (): Latencies => {
  const durations: number[] = [];
  let sorted = new Float64Array();
  return {
    add: (durationMs) => void durations.push(durationMs),
    get count() {
      return durations.length;
    },
    percentile: (share) => {
      if (sorted.length !== durations.length) {
        sorted = Float64Array.from(durations).sort();
      }
      return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    },
  };
};
