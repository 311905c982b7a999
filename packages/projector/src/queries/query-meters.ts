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
    this.#durationOf(query).observe(seconds);
    this.#outcomeOf(query, code).add();
  }

  #durationOf(query: string): Histogram {
    const known = this.#durations.get(query);
    if (known !== undefined) {
      return known;
    }
    const added = this.#metrics.histogram('fleetbook_query_duration_seconds', { query });
    this.#durations.set(query, added);
    return added;
  }

  #outcomeOf(query: string, code: string): Counter {
    const key = `${query} ${code}`;
    const known = this.#outcomes.get(key);
    if (known !== undefined) {
      return known;
    }
    const outcome = code === '' ? 'answer' : 'error';
    const added = this.#metrics.counter('fleetbook_query_outcomes_total', { query, outcome, code });
    this.#outcomes.set(key, added);
    return added;
  }
}
