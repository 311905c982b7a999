import type { Timers } from './timers.ts';

/** A sleep that somebody may be woken from. One at a time. */
export class Nap {
  readonly #timers: Pick<Timers, 'after'>;
  #isOver = false;
  #wake = (): void => undefined;

  constructor(timers: Pick<Timers, 'after'>) {
    this.#timers = timers;
  }

  /** Resolves after `delayMs`, when woken, or at once after `end`. */
  sleep(delayMs: number): Promise<void> {
    if (this.#isOver) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const cancel = this.#timers.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Does nothing when nobody sleeps. */
  wake(): void {
    this.#wake();
  }

  /** Wakes, and lets nobody sleep any more. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }
}
