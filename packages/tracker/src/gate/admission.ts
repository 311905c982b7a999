import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { type Actor, type CommandMessage, isRelease } from '@fleetbook/domain';
import type { Clock } from '@fleetbook/operations';
import { RefusalLimit, type RefusalLimits } from './refusal-limit.ts';

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly refusals: RefusalLimits;
}

/** Which commands are left undecided though there is room for them. Releases never are. */
export class Admission {
  readonly #clock: Clock;
  readonly #limit: RefusalLimit;

  constructor({ clock, refusals }: AdmissionOptions) {
    this.#clock = clock;
    this.#limit = new RefusalLimit(refusals);
  }

  /** RETRY_LATER while the actor is refused too often; undefined when the command may be decided. */
  objection({ actor, command }: CommandMessage): FleetbookError | undefined {
    if (this.#limit.size === 0 || isRelease(command)) {
      return undefined;
    }
    const retryAfterMs = this.#limit.waitMs(actor, this.#clock.monotonicMs());
    return retryAfterMs === 0 ? undefined : fleetbookError('RETRY_LATER', { retryAfterMs });
  }

  /** To be told of every refusal that is recorded. */
  noteRefused(actor: Actor): void {
    this.#limit.note(actor, this.#clock.monotonicMs());
  }
}
