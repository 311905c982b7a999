import { SHARES } from '../load/tasks.ts';
import { isOverloaded, latencyOf, median, medianOf, rateOf, type Series } from '../measure/sample.ts';
import { countText, rangeText, rounded } from './numbers.ts';

/** A load and what limits it. */
export interface Row {
  readonly series: Series;
  /** The same messages, sent back by a process that does nothing else. */
  readonly ceiling?: Series | undefined;
}

/** The least, the median and the greatest rate of the runs. */
function rates({ samples }: Series): readonly [number, number, number] {
  const all = samples.map(({ perSecond }) => perSecond);
  return [Math.min(...all), median(all), Math.max(...all)];
}

/** Everything about one load for `--json`. */
export function seriesKeys(series: Series): object {
  const names = processesOf(series);
  const perProcess = (figure: (name: string) => unknown) =>
    Object.fromEntries(names.map((name) => [name, figure(name)]));
  return {
    name: series.name,
    perSecond: rates(series).map(Math.round),
    isOverloaded: isOverloaded(series),
    latencyMs: Object.fromEntries(
      SHARES.map((share) => [share === 1 ? 'max' : `p${share * 100}`, rounded(latencyOf(series, share))]),
    ),
    cpuMicrosecondsEach: cpuEach(series),
    cpuSeconds: perProcess((name) => rounded(medianOf(series, ({ uses }) => uses[name]?.cpuSeconds ?? 0))),
    residentMb: perProcess((name) => series.samples.map(({ uses }) => uses[name]?.residentMb ?? 0)),
    pausesMs: perProcess((name) => pauseKeys(series, name)),
  };
}

/** Processor time of each process for one request, microseconds; of a batch, for each command. */
export function cpuEach(series: Series): Readonly<Record<string, number>> {
  const each = processesOf(series).map((name): [string, number] => [
    name,
    rounded(medianOf(series, ({ uses, count }) => ((uses[name]?.cpuSeconds ?? 0) * 1e6) / count)),
  ]);
  return Object.fromEntries(each.filter(([, microseconds]) => microseconds > 0 && Number.isFinite(microseconds)));
}

function processesOf(series: Series): readonly string[] {
  return Object.keys(series.samples.at(-1)?.uses ?? {});
}

function pauseKeys(series: Series, name: string): object {
  const all = series.samples.flatMap(({ uses }) => uses[name]?.pausesMs ?? []).sort((left, right) => left - right);
  return {
    count: all.length,
    p99: rounded(all[Math.ceil(all.length * 0.99) - 1] ?? 0),
    max: rounded(all.at(-1) ?? 0),
    total: rounded(all.reduce((sum, pause) => sum + pause, 0)),
  };
}

/** The loads that were run less often than was asked for, because their time was over. */
export function shortened(all: readonly Series[], runs: number): readonly string[] {
  return all
    .filter(({ samples, failure }) => failure === undefined && samples.length < runs)
    .map(({ name, samples }) => `${name} (${samples.length} of ${runs})`);
}

/** The loads as a table of Markdown. */
export function seriesTable(all: readonly Series[]): string[] {
  return [
    '| load | a second: min / median / max | p50, p99 in ms | µs of processor time each | longest pause in ms |',
    '|---|---|---|---|---|',
    ...all.map((series) => {
      const [p50, p99] = [latencyOf(series, 0.5).toFixed(1), latencyOf(series, 0.99).toFixed(1)];
      const cells = [series.name, rates(series).map(countText).join(' / '), `${p50}, ${p99}`, cpuText(series)];
      const note = isOverloaded(series) ? ' OVERLOADED' : '';
      return `| ${[...cells, pauseText(series)].join(' | ')}${note} |`;
    }),
  ];
}

/** A table of loads for people: rates, their share of the ceiling, latencies, and what they cost each process. */
export function rateTable(title: string, rows: readonly Row[]): string[] {
  const head = `${title.padEnd(30)} ${'per second (min/median/max)'.padEnd(30)} ${'of echo'.padEnd(8)} p50 ms   p99 ms`;
  return [head, ...rows.filter(({ series }) => series.samples.length > 0).flatMap(rowLines)];
}

function rowLines({ series, ceiling }: Row): string[] {
  const limit = rateOf(ceiling);
  const share = limit === 0 ? '' : (rateOf(series) / limit).toFixed(2);
  const latency = [0.5, 0.99] as const;
  const [p50 = '', p99 = ''] = latency.map((part) => latencyOf(series, part).toFixed(2));
  const note = isOverloaded(series) ? '  OVERLOADED' : '';
  const rate = rangeText(series.samples.map(({ perSecond }) => perSecond));
  return [
    `${series.name.padEnd(30)} ${rate.padEnd(30)} ${share.padEnd(8)} ${p50.padStart(6)} ${p99.padStart(8)}${note}`,
    `${' '.repeat(30)} µs of processor time each: ${cpuText(series)}`,
    `${' '.repeat(30)} longest pauses: ${pauseText(series)}`,
  ];
}

function cpuText(series: Series): string {
  return Object.entries(cpuEach(series))
    .map(([name, microseconds]) => `${name} ${microseconds.toFixed(1)}`)
    .join(', ');
}

function pauseText(series: Series): string {
  const longest = processesOf(series).map((name) => {
    const all = series.samples.flatMap(({ uses }) => uses[name]?.pausesMs ?? []);
    return { name, count: all.length, ms: Math.max(0, ...all) };
  });
  const paused = longest.filter(({ count }) => count > 0);
  return paused.map(({ name, count, ms }) => `${name} ${ms.toFixed(1)} ms of ${countText(count)}`).join(', ') || 'none';
}
