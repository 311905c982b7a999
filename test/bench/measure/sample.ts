import type { LoadReport } from '../load/tasks.ts';
import type { BenchCell, CpuTimes } from '../processes/cell.ts';
import type { TaskProcess } from '../processes/task-process.ts';

/** One run of one load. */
export interface Sample extends LoadReport {
  readonly cpu: CpuTimes;
}

/** All runs of one load. */
export interface Series {
  readonly name: string;
  readonly samples: readonly Sample[];
}

export interface Load {
  readonly name: string;
  readonly process: TaskProcess;
  readonly task: object;
}

export interface Rounds {
  readonly runs: number;
  readonly seconds: number;
  readonly onRun: (text: string) => void;
}

/**
 * All loads, again and again in the same order: what disturbs the machine for a while then disturbs all of them, and
 * the ratios stay. Each is run once before, shortly, to warm up what it uses.
 */
export async function runRounds(cell: BenchCell, loads: readonly Load[], rounds: Rounds): Promise<readonly Series[]> {
  for (const { process, task } of loads) {
    await process.run({ ...task, seconds: Math.min(1, rounds.seconds) });
  }
  const series = loads.map(({ name }) => ({ name, samples: [] as Sample[] }));
  for (let run = 0; run < rounds.runs; run += 1) {
    for (const [place, { name, process, task }] of loads.entries()) {
      const { value, cpu } = await cell.cpuOf(() => process.run<LoadReport>({ ...task, seconds: rounds.seconds }));
      series[place]?.samples.push({ ...value, cpu });
      const note = value.isOverloaded ? ', OVERLOADED' : '';
      rounds.onRun(`${name}: ${Math.round(value.perSecond)}/s, p99 ${value.p99Ms.toFixed(1)} ms${note}`);
    }
  }
  return series;
}

/** The middle one, or the mean of the two in the middle; 0 of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

export function medianOf(series: Series | undefined, figure: (sample: Sample) => number): number {
  return median((series?.samples ?? []).map(figure));
}

export function isOverloaded(series: Series): boolean {
  return series.samples.some((sample) => sample.isOverloaded);
}
