import type { CommandName, CommandReply } from '@fleetbook/contracts';
import type { Counter, Histogram, Metrics } from '@fleetbook/operations';

/** What one term in office counts. */
export interface Tally {
  accepted: number;
  refused: number;
  unchanged: number;
}

/** The metrics of a tracker, with the series of the hot path at hand. */
export class Meters {
  readonly tally: Tally = { accepted: 0, refused: 0, unchanged: 0 };
  readonly #metrics: Metrics;
  readonly #outcomes = new Map<string, Counter>();
  readonly #durations = new Map<string, Histogram>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  answered(command: CommandName, reply: CommandReply, durationMs: number): void {
    const code = 'error' in reply ? reply.error.code : '';
    this.#outcomeCounter(command, reply.outcome, code).add();
    this.#durationHistogram(command).observe(durationMs / 1_000);
    if (reply.outcome !== 'error') {
      this.tally[reply.outcome] += 1;
    }
  }

  #outcomeCounter(command: CommandName, outcome: string, code: string): Counter {
    const key = `${command} ${outcome} ${code}`;
    let counter = this.#outcomes.get(key);
    if (counter === undefined) {
      counter = this.#metrics.counter('fleetbook_command_outcomes_total', { command, outcome, code });
      this.#outcomes.set(key, counter);
    }
    return counter;
  }

  #durationHistogram(command: CommandName): Histogram {
    let histogram = this.#durations.get(command);
    if (histogram === undefined) {
      histogram = this.#metrics.histogram('fleetbook_command_duration_seconds', { command });
      this.#durations.set(command, histogram);
    }
    return histogram;
  }
}
