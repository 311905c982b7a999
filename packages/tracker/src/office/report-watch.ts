import type { ReportInventory } from '@fleetbook/domain';
import type { Clock } from '@fleetbook/operations';

type Heard = Pick<ReportInventory, 'node' | 'incarnation' | 'sequence'>;

/** Of a node that has not been heard yet. */
const NOTHING = { incarnation: 0, sequence: 0 };

/**
 * When nodes last reported their inventory, and with which sequence, as this writer has heard: a report that says
 * nothing new is in no log. A writer new in office has heard nobody yet, and counts from its own beginning.
 */
export class ReportWatch {
  readonly #clock: Clock;
  /** Monotonic milliseconds, the longest ago first: in a large fleet all but a few nodes are never looked at. */
  readonly #heard = new Map<string, Omit<Heard, 'node'> & { readonly ms: number }>();

  /** @param nodes those of the ledger; of others there is nothing to miss before their first report. */
  constructor(clock: Clock, nodes: Iterable<string>) {
    this.#clock = clock;
    const ms = clock.monotonicMs();
    for (const node of nodes) {
      this.#heard.set(node, { ...NOTHING, ms });
    }
  }

  note({ node, incarnation, sequence }: Heard): void {
    const newest = Math.max(sequence, this.newestOf({ node, incarnation }));
    this.#heard.delete(node);
    this.#heard.set(node, { incarnation, sequence: newest, ms: this.#clock.monotonicMs() });
  }

  /** The highest sequence heard of this incarnation, 0 for none. */
  newestOf({ node, incarnation }: Pick<Heard, 'node' | 'incarnation'>): number {
    const heard = this.#heard.get(node);
    return heard?.incarnation === incarnation ? heard.sequence : 0;
  }

  /** The nodes unheard since a time on the scale of `at`, whatever the wall clock did since; longest ago first. */
  unheardBefore(at: number): (time: number) => Iterable<string> {
    const nowMs = this.#clock.monotonicMs();
    return (time) => this.#unheardSince(nowMs - (at - time));
  }

  *#unheardSince(timeMs: number): Generator<string, void> {
    for (const [node, { ms }] of this.#heard) {
      if (ms > timeMs) {
        return;
      }
      yield node;
    }
  }
}
