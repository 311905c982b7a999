import type { EncodedCommit, EventLog, Position } from '@fleetbook/event-log';
import { LogUnavailableError } from '@fleetbook/event-log';
import { type Clock, type Logger, type Metrics, rest, type Timers } from '@fleetbook/operations';
import { backoffMs } from './commit/backoff.ts';
import { type SettledAppend, settleAppend } from './commit/settle-append.ts';
import type { Random } from './ports.ts';
import type { TrackerSettings } from './settings.ts';

export interface LogAccessOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings: Pick<TrackerSettings, 'backoff'>;
  /** True when nobody waits for an outcome any more. */
  readonly isAbandoned: () => boolean;
}

/** The log, asked as often as it takes; what each try came to is counted. */
export class LogAccess {
  readonly #options: LogAccessOptions;

  constructor(options: LogAccessOptions) {
    this.#options = options;
  }

  async append(expected: Position, commit: EncodedCommit): Promise<SettledAppend> {
    const { log, clock, timers, random, logger, metrics, settings, isAbandoned } = this.#options;
    const startedMs = clock.monotonicMs();
    const settled = await settleAppend(
      {
        log,
        timers,
        random,
        backoff: settings.backoff,
        isAbandoned,
        onUnknown: (attempt, cause) => {
          metrics.counter('fleetbook_append_results_total', { status: 'unknown' }).add();
          logger.warn('append outcome unknown', { number: commit.firstNumber, attempt, err: cause });
        },
      },
      expected,
      commit,
    );
    metrics.counter('fleetbook_append_results_total', { status: settled.status }).add();
    metrics.histogram('fleetbook_append_duration_seconds').observe((clock.monotonicMs() - startedMs) / 1_000);
    metrics.histogram('fleetbook_commit_events').observe(commit.eventTexts.length);
    return settled;
  }

  /** The log's end from its leader. Rejects with LogUnavailableError once abandoned, at once with any other error. */
  end(): Promise<Position> {
    return this.untilAvailable(() => this.#options.log.end());
  }

  /** Tries again while the log is unavailable. */
  async untilAvailable<Value>(work: () => Promise<Value>): Promise<Value> {
    const { timers, random, logger, settings, isAbandoned } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof LogUnavailableError) || isAbandoned()) {
          throw error;
        }
        logger.warn('log unavailable', { attempt, err: error });
      }
      const delayMs = backoffMs(settings.backoff, attempt, random);
      await rest(timers, delayMs);
    }
  }
}
