import type { Clock } from '@fleetbook/operations';

/**
 * When nodes last reported their inventory, as this writer has heard: a report that says nothing new is in no log. A
 * writer new in office has heard nobody yet, and counts from its own beginning.
 */
export class ReportWatch {
  readonly #clock: Clock;
  /** Monotonic milliseconds, the longest ago first: in a large fleet all but a few nodes are never looked at. */
  readonly #heardMs = new Map<string, number>();

  /** @param nodes those of the ledger; of others there is nothing to miss before their first report. */
  constructor(clock: Clock, nodes: Iterable<string>) {
    this.#clock = clock;
    const startedMs = clock.monotonicMs();
    for (const node of nodes) {
      this.#heardMs.set(node, startedMs);
    }
  }

  note(node: string): void {
    this.#heardMs.delete(node);
    this.#heardMs.set(node, this.#clock.monotonicMs());
  }

  /** The nodes unheard since a time on the scale of `at`, whatever the wall clock did since; longest ago first. */
  unheardBefore(at: number): (time: number) => Iterable<string> {
    const nowMs = this.#clock.monotonicMs();
    return (time) => this.#unheardSince(nowMs - (at - time));
  }

  *#unheardSince(timeMs: number): Generator<string, void> {
    for (const [node, heardMs] of this.#heardMs) {
      if (heardMs > timeMs) {
        return;
      }
      yield node;
    }
  }
}
