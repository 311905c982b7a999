import type { HealthCheck } from '@fleetbook/contracts';
import type { Timers } from '@fleetbook/operations';

export interface ProgressWatchOptions {
  readonly timers: Timers;
  /** How long nothing may come of what is waiting, whole seconds. */
  readonly standstillSeconds: number;
  /** Commands that wait for the log or to be decided; undefined while nothing does. */
  readonly waiting: () => number | undefined;
}

const TICK_MS = 1_000;

/**
 * Whether anything comes of what waits. It counts turns of its own, not time: while the process stands still, none
 * passes, and afterwards the log has its turn first.
 */
export class ProgressWatch {
  readonly #options: ProgressWatchOptions;
  #idleSeconds = 0;
  #cancel: () => void = () => undefined;

  constructor(options: ProgressWatchOptions) {
    this.#options = options;
    this.#wait();
  }

  /** To be told when the log has answered. */
  note(): void {
    this.#idleSeconds = 0;
  }

  /** What stands still, for people; undefined while something moves or nothing waits. */
  standstill(): string | undefined {
    if (this.#idleSeconds < this.#options.standstillSeconds) {
      return undefined;
    }
    return `the log has acknowledged nothing for ${this.#idleSeconds} s, ${this.#options.waiting() ?? 0} commands wait`;
  }

  check(): HealthCheck {
    const reason = this.standstill();
    return reason === undefined ? { name: 'progress', status: 'green' } : { name: 'progress', status: 'red', reason };
  }

  stop(): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#options.timers.after(TICK_MS, () => {
      this.#idleSeconds = this.#options.waiting() === undefined ? 0 : this.#idleSeconds + 1;
      this.#wait();
    });
  }
}
