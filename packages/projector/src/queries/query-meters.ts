import type { Counter, Histogram, Metrics } from '@fleetbook/operations';

/** Counts what is answered. Series are kept by name: to ask for one costs as much as to read a question. */
export class QueryMeters {
  readonly #metrics: Metrics;
  readonly #durations = new Map<string, Histogram>();
  readonly #outcomes = new Map<string, Counter>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** @param code of an error; empty where there is an answer. */
  answered(query: string, code: string, seconds: number): void {
    const outcome = code === '' ? 'answer' : 'error';
    kept(this.#durations, query, () => this.#metrics.histogram('fleetbook_query_duration_seconds', { query })).observe(
      seconds,
    );
    kept(this.#outcomes, `${query} ${code}`, () =>
      this.#metrics.counter('fleetbook_query_outcomes_total', { query, outcome, code }),
    ).add();
  }
}

function kept<Series>(known: Map<string, Series>, name: string, ask: () => Series): Series {
  const series = known.get(name) ?? ask();
  known.set(name, series);
  return series;
}
