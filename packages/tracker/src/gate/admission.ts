import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { type Actor, type CommandMessage, isNewClaim, isRelease } from '@fleetbook/domain';
import type { Clock } from '@fleetbook/operations';
import { percentOf, type Shedding } from '../health/storage-watch.ts';
import { RefusalLimit, type RefusalLimits } from './refusal-limit.ts';

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly refusals: RefusalLimits;
  readonly storage: AdmittingStorage | undefined;
}

/** What admission asks of the space for the log. */
export interface AdmittingStorage {
  readonly shedding: Shedding;
  readonly freeShare: number;
}

const STORAGE_RETRY_MS = 2_000;

/** Which commands are left undecided though there is room for them. Releases never are. */
export class Admission {
  readonly #clock: Clock;
  readonly #limit: RefusalLimit;
  readonly #storage: AdmittingStorage | undefined;

  constructor({ clock, refusals, storage }: AdmissionOptions) {
    this.#clock = clock;
    this.#storage = storage;
    this.#limit = new RefusalLimit(refusals);
  }

  /**
   * STORAGE_LOW while there is too little space for such a command, RETRY_LATER while the actor is refused too often;
   * undefined when the command may be decided.
   */
  objection(message: CommandMessage): FleetbookError | undefined {
    const shedding = this.#storage?.shedding ?? 'nothing';
    if ((shedding === 'nothing' && this.#limit.size === 0) || isRelease(message.command)) {
      return undefined;
    }
    return this.storageObjection(message) ?? this.#tooManyRefusals(message);
  }

  /** STORAGE_LOW while there is too little space for such a command. */
  storageObjection(message: CommandMessage): FleetbookError | undefined {
    const shedding = this.#storage?.shedding ?? 'nothing';
    if (isRelease(message.command)) {
      return undefined;
    }
    if (shedding === 'all-but-releases' || (shedding === 'new-claims' && isNewClaim(message.command))) {
      const freePercent = percentOf(this.#storage?.freeShare ?? 0);
      return fleetbookError('STORAGE_LOW', { freePercent, shedding: SHED[shedding], retryAfterMs: STORAGE_RETRY_MS });
    }
    return undefined;
  }

  #tooManyRefusals({ actor }: CommandMessage): FleetbookError | undefined {
    const retryAfterMs = this.#limit.waitMs(actor, this.#clock.monotonicMs());
    return retryAfterMs === 0 ? undefined : fleetbookError('RETRY_LATER', { retryAfterMs });
  }

  /** To be told of every refusal that is recorded. */
  noteRefused(actor: Actor): void {
    this.#limit.note(actor, this.#clock.monotonicMs());
  }
}

const SHED = { 'new-claims': 'new claims', 'all-but-releases': 'all but releases' } as const;
