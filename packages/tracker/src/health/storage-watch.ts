import type { HealthCheck, StorageFacts } from '@fleetbook/contracts';
import type { Clock, Logger, Metrics, Space, Timers } from '@fleetbook/operations';
import { Growth } from './growth.ts';

/** What waits until there is more space. */
export type Shedding = 'nothing' | 'new-claims' | 'all-but-releases';

export interface StorageReading {
  /** What the log takes, where that is known. */
  readonly logBytes: number | undefined;
  /** Every space that it grows in: disk, account, server; as far as they are known. */
  readonly spaces: readonly Space[];
  /** The directory of the store, where it was there and is not any more. */
  readonly goneStore?: string | undefined;
}

export interface StorageWatchOptions {
  /** Looks once. May throw. */
  readonly look: () => Promise<StorageReading>;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Shares of free space: below `enter` it begins, from `leave` on it ends, so that it does not flutter. */
const NEW_CLAIMS = { enter: 0.1, leave: 0.12 };
const ALL_BUT_RELEASES = { enter: 0.05, leave: 0.07 };

const LEVELS: readonly Shedding[] = ['nothing', 'new-claims', 'all-but-releases'];

function sheddingAt(share: number, before: Shedding): Shedding {
  const isBelow = ({ enter, leave }: typeof NEW_CLAIMS, isOn: boolean): boolean => share < (isOn ? leave : enter);
  if (isBelow(ALL_BUT_RELEASES, before === 'all-but-releases')) {
    return 'all-but-releases';
  }
  return isBelow(NEW_CLAIMS, before !== 'nothing') ? 'new-claims' : 'nothing';
}

/** Looks now and then at the space that is left for the log. What it cannot find out stays as it was. */
export class StorageWatch {
  readonly #options: StorageWatchOptions;
  readonly #growth = new Growth();
  #reading: StorageReading = { logBytes: undefined, spaces: [] };
  #shedding: Shedding = 'nothing';
  #cancel: () => void = () => undefined;
  #isStopped = false;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
    options.metrics.onCollect(() => this.#collect());
  }

  get shedding(): Shedding {
    return this.#shedding;
  }

  /** Free share of the space that is nearest to its end, from 0 to 1; 1 while none is known. */
  get freeShare(): number {
    const tightest = this.#tightest();
    return tightest === undefined ? 1 : shareOf(tightest);
  }

  /** Looks, and again and again until it is stopped. */
  async start(): Promise<void> {
    try {
      this.#take(await this.#options.look());
    } catch (error) {
      this.#options.logger.debug('the space for the log cannot be told', { err: error });
    }
    if (!this.#isStopped) {
      this.#cancel = this.#options.timers.after(this.#options.intervalMs, () => void this.start());
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  check(): HealthCheck {
    const name = 'storage';
    const { goneStore } = this.#reading;
    if (goneStore !== undefined) {
      return { name, status: 'red', reason: `the store ${goneStore} is gone: what is acknowledged now may be lost` };
    }
    const percent = percentOf(this.freeShare);
    switch (this.#shedding) {
      case 'nothing':
        return { name, status: 'green' };
      case 'new-claims':
        return { name, status: 'yellow', reason: `${percent} % of the space is left: new claims wait` };
      case 'all-but-releases':
        return { name, status: 'red', reason: `${percent} % of the space is left: all but releases wait` };
    }
  }

  facts(): StorageFacts {
    const { logBytes } = this.#reading;
    const tightest = this.#tightest();
    const rate = this.#growth.rate();
    const daysToFull = tightest === undefined || !rate?.bytesPerDay ? undefined : tightest.freeBytes / rate.bytesPerDay;
    return {
      shedding: this.#shedding,
      ...(logBytes === undefined ? {} : { logBytes }),
      ...tightest,
      ...rate,
      ...(daysToFull === undefined ? {} : { daysToFull: Math.round(daysToFull * 10) / 10 }),
    };
  }

  #take(reading: StorageReading): void {
    const { clock, logger } = this.#options;
    const { goneStore } = reading;
    if (goneStore !== undefined && this.#reading.goneStore === undefined) {
      logger.error('the store of the log is gone', { directory: goneStore });
    }
    this.#reading = reading;
    if (reading.logBytes !== undefined) {
      this.#growth.note(reading.logBytes, clock.monotonicMs());
    }
    const before = this.#shedding;
    this.#shedding = sheddingAt(this.freeShare, before);
    if (this.#shedding !== before) {
      const facts = { shedding: this.#shedding, freePercent: percentOf(this.freeShare) };
      const isWorse = LEVELS.indexOf(this.#shedding) > LEVELS.indexOf(before);
      logger[isWorse ? 'warn' : 'info']('space for the log', facts);
    }
  }

  #tightest(): Space | undefined {
    return this.#reading.spaces.reduce<Space | undefined>(
      (tightest, space) => (tightest === undefined || shareOf(space) < shareOf(tightest) ? space : tightest),
      undefined,
    );
  }

  #collect(): void {
    const { metrics } = this.#options;
    metrics.gauge('fleetbook_storage_free_ratio').set(this.freeShare);
    metrics.gauge('fleetbook_storage_shedding').set(LEVELS.indexOf(this.#shedding));
    metrics.gauge('fleetbook_log_bytes').set(this.#reading.logBytes ?? 0);
  }
}

function shareOf({ freeBytes, totalBytes }: Space): number {
  return totalBytes === 0 ? 0 : freeBytes / totalBytes;
}

/** With one decimal, rounded down: what is shown as a limit has not reached it. */
export function percentOf(share: number): number {
  return Math.floor(share * 1_000) / 10;
}
