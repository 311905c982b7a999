import type { Clock } from '@fleetbook/operations';
import type { TrackerSettings } from '../settings.ts';

export interface LogPulseOptions {
  readonly clock: Clock;
  readonly settings: Pick<TrackerSettings, 'logProbeMs' | 'logSilenceMs'>;
  /** Asks the log for anything; whoever answers calls `noteAnswer`. */
  readonly ask: () => void;
}

/**
 * Whether the log answers this writer at all. A writer that the log does not answer can decide nothing and must not
 * keep others from office; a log that answers, and yet stores nothing, would store nothing for them either.
 */
export class LogPulse {
  readonly #options: LogPulseOptions;
  #answeredMs: number;
  #askedMs: number;

  constructor(options: LogPulseOptions) {
    this.#options = options;
    this.#answeredMs = options.clock.monotonicMs();
    this.#askedMs = this.#answeredMs;
  }

  noteAnswer(): void {
    this.#answeredMs = this.#options.clock.monotonicMs();
  }

  /** False once the log has been silent for too long. Asks it again when it has not said anything for a while. */
  feel(): boolean {
    const { clock, settings, ask } = this.#options;
    const nowMs = clock.monotonicMs();
    const isAnswered = nowMs - this.#answeredMs <= settings.logSilenceMs;
    if (nowMs - Math.max(this.#answeredMs, this.#askedMs) >= settings.logProbeMs) {
      this.#askedMs = nowMs;
      ask();
    }
    return isAnswered;
  }
}
