import type { Logger } from '@fleetbook/operations';
import type { Respond } from '../ports.ts';

/** Who still waits for an answer: each gets one, or is let go of. */
export class Unanswered {
  readonly #waiting = new Set<Respond>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Answers through `respond`, once, until all are let go of. Never throws. */
  add(respond: Respond): Respond {
    this.#waiting.add(respond);
    return (payload) => {
      if (!this.#waiting.delete(respond)) {
        return;
      }
      try {
        respond(payload);
      } catch (error) {
        this.#logger.warn('reply could not be sent', { err: error });
      }
    };
  }

  /** From now on nobody is answered. */
  letGo(): void {
    for (const respond of this.#waiting) {
      respond();
    }
    this.#waiting.clear();
  }
}
