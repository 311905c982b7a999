/** Cumulative counts by upper bound, seconds, and the sum of everything observed. */
export interface HistogramState {
  readonly sum: number;
  readonly count: number;
  readonly buckets: ReadonlyMap<number, number>;
}

export interface Spread {
  readonly count: number;
  readonly meanMs: number;
  /** Between two bounds of the histogram, as if what lies between them were spread evenly. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The series of one query in the Prometheus text format. */
export function readHistogram(exposition: string, metric: string, query: string): HistogramState {
  const lines = exposition.split('\n').filter((line) => line.startsWith(metric) && line.includes(`query="${query}"`));
  const totalOf = (suffix: string): number =>
    Number(
      lines
        .find((line) => line.startsWith(`${metric}_${suffix}{`))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  const buckets = lines.flatMap((line): [number, number][] => {
    const bound = /le="([^"]+)"/.exec(line)?.[1];
    return bound === undefined ? [] : [[bound === '+Inf' ? Infinity : Number(bound), Number(line.split(' ').at(-1))]];
  });
  return { sum: totalOf('sum'), count: totalOf('count'), buckets: new Map(buckets) };
}

export function spreadBetween(before: HistogramState, after: HistogramState): Spread {
  const count = after.count - before.count;
  const totals = [...after.buckets]
    .map(([bound, total]) => ({ bound, total: total - (before.buckets.get(bound) ?? 0) }))
    .sort((left, right) => left.bound - right.bound);
  const meanMs = count === 0 ? 0 : ((after.sum - before.sum) / count) * 1000;
  const [p50Ms, p99Ms] = [quantile(totals, count * 0.5) * 1000, quantile(totals, count * 0.99) * 1000];
  return { count, meanMs, p50Ms, p99Ms };
}

/** The value that so many observations do not exceed, from cumulative counts by rising bounds. */
function quantile(totals: readonly { readonly bound: number; readonly total: number }[], observations: number): number {
  let [lowerBound, lowerTotal] = [0, 0];
  for (const { bound, total } of totals) {
    if (total >= observations && total > lowerTotal) {
      return bound === Infinity
        ? lowerBound
        : lowerBound + ((bound - lowerBound) * (observations - lowerTotal)) / (total - lowerTotal);
    }
    [lowerBound, lowerTotal] = [bound, total];
  }
  return lowerBound;
}

/** A gauge without labels in the Prometheus text format. */
export function readGauge(exposition: string, metric: string): number {
  const line = exposition.split('\n').find((text) => text.startsWith(`${metric} `));
  if (line === undefined) {
    throw new Error(`there is no metric ${metric}`);
  }
  return Number(line.split(' ').at(-1));
}
