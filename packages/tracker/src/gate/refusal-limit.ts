import type { Actor } from '@fleetbook/domain';

export interface RefusalLimits {
  /** Recorded refusals that an actor may have for ever. */
  readonly perSecond: number;
  /** Recorded refusals that it may have at once, after a time without. */
  readonly burst: number;
}

/** Actors remembered before it is looked for those that need not be. */
const FIRST_SWEEP = 1_024;

/** A token bucket for each actor that has been refused lately. It keeps when the bucket is full again, and no more. */
export class RefusalLimit {
  readonly #intervalMs: number;
  readonly #burstMs: number;
  /** Monotonic milliseconds, by role and actor. */
  readonly #fullMs = new Map<string, number>();
  #sweptFrom = FIRST_SWEEP;

  constructor({ perSecond, burst }: RefusalLimits) {
    this.#intervalMs = 1_000 / perSecond;
    this.#burstMs = burst * this.#intervalMs;
  }

  /** Actors it remembers. */
  get size(): number {
    return this.#fullMs.size;
  }

  /** How long until the actor may be refused again; 0 when it may be now. */
  waitMs(actor: Actor, nowMs: number): number {
    const fullMs = this.#fullMs.get(keyOf(actor)) ?? nowMs;
    return Math.max(0, Math.ceil(fullMs + this.#intervalMs - nowMs - this.#burstMs));
  }

  note(actor: Actor, nowMs: number): void {
    const key = keyOf(actor);
    this.#fullMs.set(key, Math.max(this.#fullMs.get(key) ?? 0, nowMs) + this.#intervalMs);
    if (this.#fullMs.size > this.#sweptFrom) {
      this.#sweep(nowMs);
    }
  }

  #sweep(nowMs: number): void {
    for (const [key, fullMs] of this.#fullMs) {
      if (fullMs <= nowMs) {
        this.#fullMs.delete(key);
      }
    }
    this.#sweptFrom = Math.max(FIRST_SWEEP, 2 * this.#fullMs.size);
  }
}

function keyOf({ role, id }: Actor): string {
  return `${role} ${id}`;
}
