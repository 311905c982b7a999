import type { CommandName, OutgoingReply } from '@fleetbook/contracts';
import type { Counter, Histogram, Metrics } from '@fleetbook/operations';

/** What one term in office counts. */
export interface Tally {
  accepted: number;
  refused: number;
  unchanged: number;
}

/** The series of one command. */
interface CommandSeries {
  readonly duration: Histogram;
  /** By code, which tells outcomes apart: '' where nothing was wrong, and then by outcome. */
  readonly outcomes: Map<string, Map<string, Counter>>;
}

/** The metrics of a tracker, with the series of the hot path at hand. */
export class Meters {
  readonly tally: Tally = { accepted: 0, refused: 0, unchanged: 0 };
  readonly #metrics: Metrics;
  readonly #commands = new Map<CommandName, CommandSeries>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  answered(command: CommandName, reply: OutgoingReply, durationMs: number): void {
    const code = 'error' in reply ? reply.error.code : '';
    const series = this.#seriesOf(command);
    this.#outcomeCounter(command, series, reply.outcome, code).add();
    series.duration.observe(durationMs / 1_000);
    if (reply.outcome !== 'error') {
      this.tally[reply.outcome] += 1;
    }
  }

  #seriesOf(command: CommandName): CommandSeries {
    let series = this.#commands.get(command);
    if (series === undefined) {
      const duration = this.#metrics.histogram('fleetbook_command_duration_seconds', { command });
      series = { duration, outcomes: new Map() };
      this.#commands.set(command, series);
    }
    return series;
  }

  #outcomeCounter(command: CommandName, { outcomes }: CommandSeries, outcome: string, code: string): Counter {
    let counters = outcomes.get(code);
    if (counters === undefined) {
      counters = new Map();
      outcomes.set(code, counters);
    }
    let counter = counters.get(outcome);
    if (counter === undefined) {
      counter = this.#metrics.counter('fleetbook_command_outcomes_total', { command, outcome, code });
      counters.set(outcome, counter);
    }
    return counter;
  }
}
