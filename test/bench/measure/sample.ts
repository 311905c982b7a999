import { type LoadReport, SHARES } from '../load/tasks.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { Uses } from '../processes/observed.ts';
import type { TaskProcess } from '../processes/task-process.ts';

/** One run of one load. */
export interface Sample extends LoadReport {
  readonly uses: Uses;
}

/** All runs of one load. */
export interface Series {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** Why there are no more samples. */
  readonly failure?: string;
}

export interface Load {
  readonly name: string;
  /** Whose processes are looked at. */
  readonly cell: BenchCell;
  readonly process: TaskProcess;
  readonly task: object;
}

export interface Rounds {
  readonly runs: number;
  readonly seconds: number;
  /** Of performance's clock: from then on no load is run that has been run before. */
  readonly endsAtMs: number;
  readonly onRun: (text: string) => void;
}

/**
 * All loads, again and again in the same order: what disturbs the machine for a while then disturbs all of them, and
 * the ratios stay. Each is run once before, shortly, to warm up what it uses. One that fails is run no more.
 */
export async function runRounds(loads: readonly Load[], rounds: Rounds): Promise<readonly Series[]> {
  const all = loads.map((load) => new Runner(load, rounds));
  for (const runner of all) {
    await runner.warmUp();
  }
  for (let run = 0; run < rounds.runs; run += 1) {
    for (const runner of all) {
      await runner.run();
    }
  }
  return all.map((runner) => runner.series());
}

class Runner {
  readonly #load: Load;
  readonly #rounds: Rounds;
  readonly #samples: Sample[] = [];
  #failure: string | undefined;

  constructor(load: Load, rounds: Rounds) {
    this.#load = load;
    this.#rounds = rounds;
  }

  async warmUp(): Promise<void> {
    await this.#attempt(() => this.#send(Math.min(1, this.#rounds.seconds)));
  }

  async run(): Promise<void> {
    if (this.#samples.length > 0 && performance.now() > this.#rounds.endsAtMs) {
      return;
    }
    await this.#attempt(async () => {
      const { value, uses } = await this.#load.cell.observed.during(() => this.#send(this.#rounds.seconds));
      this.#samples.push({ ...value, uses });
      const note = value.isOverloaded ? ', OVERLOADED' : '';
      const p99 = percentileOf(value, 0.99).toFixed(1);
      await this.#load.process.run({ type: 'tidy' });
      this.#rounds.onRun(`${this.#load.name}: ${Math.round(value.perSecond)}/s, p99 ${p99} ms${note}`);
    });
  }

  series(): Series {
    const { name } = this.#load;
    return { name, samples: this.#samples, ...(this.#failure === undefined ? {} : { failure: this.#failure }) };
  }

  #send(seconds: number): Promise<LoadReport> {
    return this.#load.process.run<LoadReport>({ ...this.#load.task, seconds });
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    if (this.#failure === undefined) {
      try {
        await work();
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error);
        this.#rounds.onRun(`${this.#load.name}: FAILED, ${this.#failure}`);
      }
    }
  }
}

/** What two pieces of work at the same time come to. Nothing is still under way when one of them has failed. */
export async function bothOf<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

/** `share`: one of SHARES. */
export function percentileOf({ percentilesMs }: LoadReport, share: (typeof SHARES)[number]): number {
  return percentilesMs[SHARES.indexOf(share)] ?? 0;
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

export function latencyOf(series: Series | undefined, share: (typeof SHARES)[number]): number {
  return medianOf(series, (sample) => percentileOf(sample, share));
}

export function rateOf(series: Series | undefined): number {
  return medianOf(series, ({ perSecond }) => perSecond);
}

export function isOverloaded(series: Series): boolean {
  return series.samples.some((sample) => sample.isOverloaded);
}
