import type { Series } from '../measure/sample.ts';

/** What a piece of the benchmark has measured: for `--json`, and for people. */
export interface Found {
  /** What could not be measured is absent, or undefined. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  /** What is told of it in full. */
  readonly series?: readonly Series[];
  readonly curve?: readonly CurvePoint[];
}

/** Claims with so many requests under way. */
export interface CurvePoint {
  readonly inFlight: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Failure {
  readonly what: string;
  readonly reason: string;
}

/** What one call of the benchmark has measured so far. What fails does not take the rest with it. */
export class Findings {
  readonly endsAtMs: number;
  readonly lines: string[] = [];
  readonly series: Series[] = [];
  /** Rates at rising concurrency, where they were measured. */
  readonly curve: CurvePoint[] = [];
  readonly failures: Failure[] = [];
  /** What was not begun, for lack of time. */
  readonly leftOut: string[] = [];
  readonly #json: Record<string, unknown> = {};
  readonly #signal: AbortSignal;
  readonly #say: (text: string) => void;

  /** From `endsAtMs` on, of performance's clock, no step is begun; with `signal` everything ends. */
  constructor(endsAtMs: number, signal: AbortSignal, say: (text: string) => void) {
    this.endsAtMs = endsAtMs;
    this.#signal = signal;
    this.#say = say;
  }

  get json(): Readonly<Record<string, unknown>> {
    return this.#json;
  }

  /** Does one step, and gives what it found, if anything. */
  async step<Result extends Found>(what: string, work: () => Promise<Result>): Promise<Result | undefined> {
    const found = await this.attempt(what, work);
    if (found !== undefined) {
      this.#add(found);
    }
    return found;
  }

  /** Does what makes steps of its own. */
  async attempt<Value>(what: string, work: () => Promise<Value>): Promise<Value | undefined> {
    if (performance.now() > this.endsAtMs) {
      this.leftOut.push(what);
      return undefined;
    }
    try {
      return await work();
    } catch (error) {
      this.#signal.throwIfAborted();
      this.fail(what, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #add({ json, lines, series = [], curve = [] }: Found): void {
    Object.assign(this.#json, json);
    this.lines.push(...(this.lines.length === 0 ? [] : ['']), ...lines);
    this.series.push(...series);
    this.curve.push(...curve);
    for (const { name, failure } of series) {
      if (failure !== undefined) {
        this.fail(name, failure);
      }
    }
  }

  fail(what: string, reason: string): void {
    this.failures.push({ what, reason });
    this.#say(`${what}: FAILED, ${reason}`);
  }
}
