import type { Clock } from '@fleetbook/operations';

/**
 * When nodes last reported their inventory, as this writer has heard: a report that says nothing new is in no log. A
 * writer new in office has heard nobody yet, and counts from its own beginning.
 */
export class ReportWatch {
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #heardMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  note(node: string): void {
    this.#heardMs.set(node, this.#clock.monotonicMs());
  }

  /** The times of the last reports on the scale of `at`, whatever the wall clock did since. */
  heardBefore(at: number): (node: string) => number {
    const nowMs = this.#clock.monotonicMs();
    return (node) => at - (nowMs - (this.#heardMs.get(node) ?? this.#startedMs));
  }
}
