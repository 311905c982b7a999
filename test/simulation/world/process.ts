import type { Clock, Ids, Timers } from '@fleetbook/operations';
import type { Chance } from './random.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** Where the wall clocks stand when a simulation begins, epoch milliseconds. */
export const START_AT = 1_795_000_000_000;

/** The clocks of one machine: they outlive its processes. */
export class MachineClock {
  readonly #scheduler: Scheduler;
  /** How fast they run. */
  readonly #rate: number;
  #skewMs: number;
  #frozenAt: number | undefined;

  constructor(scheduler: Scheduler, rate: number, skewMs: number) {
    this.#scheduler = scheduler;
    this.#rate = rate;
    this.#skewMs = skewMs;
  }

  get monotonicMs(): number {
    return this.#scheduler.nowMs * this.#rate;
  }

  get wallMs(): number {
    return this.#frozenAt ?? Math.floor(START_AT + this.monotonicMs + this.#skewMs);
  }

  /** The wall clock alone. */
  jump(byMs: number): void {
    this.#skewMs += byMs;
  }

  freeze(): void {
    this.#frozenAt = this.wallMs;
  }

  thaw(): void {
    this.#frozenAt = undefined;
  }

  /** What this machine takes for so many milliseconds. */
  lasting(durationMs: number): number {
    return durationMs / this.#rate;
  }
}

export interface ProcessOptions {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly machineClock: MachineClock;
  readonly chance: Chance;
  readonly ids: Ids;
}

/** One run of a program. It touches the world only through its ports, and not at all once it is dead. */
export class SimulatedProcess implements Owner {
  readonly name: string;
  readonly chance: Chance;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly timers: Timers;
  isPaused = false;
  isDead = false;
  readonly #scheduler: Scheduler;
  readonly #onDeath: (() => void)[] = [];
  #actsLeft: number | undefined;

  constructor({ name, scheduler, machineClock, chance, ids }: ProcessOptions) {
    this.name = name;
    this.chance = chance;
    this.ids = ids;
    this.#scheduler = scheduler;
    this.clock = { now: () => machineClock.wallMs, monotonicMs: () => machineClock.monotonicMs };
    this.timers = {
      after: (delayMs, task) => this.schedule(machineClock.lasting(delayMs), 'timer', task),
      soon: (task) => void this.schedule(0, 'soon', task),
    };
  }

  /** A turn of this process. */
  schedule(delayMs: number, label: string, run: () => void): () => void {
    return this.isDead ? () => undefined : this.#scheduler.schedule(this, delayMs, label, run);
  }

  /** To be asked before every effect on the world; a process that is to crash between two of them dies here. */
  mayAct(): boolean {
    if (this.#actsLeft !== undefined && !this.isDead) {
      this.#actsLeft -= 1;
      if (this.#actsLeft < 0) {
        this.kill();
      }
    }
    return !this.isDead;
  }

  /** Dies before the effect after the next `acts` ones. */
  dieAfter(acts: number): void {
    this.#actsLeft = acts;
  }

  /** It is not to die of `dieAfter` any more. */
  spare(): void {
    this.#actsLeft = undefined;
  }

  onDeath(run: () => void): void {
    this.#onDeath.push(run);
  }

  kill(): void {
    if (!this.isDead) {
      this.isDead = true;
      this.#scheduler.note(`${this.name} dies`);
      for (const run of this.#onDeath) {
        run();
      }
    }
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (this.isPaused) {
      this.isPaused = false;
      this.#scheduler.resume(this);
    }
  }
}
