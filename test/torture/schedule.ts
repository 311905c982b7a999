import type { Chance } from '../simulation/world/random.ts';
import { chooseFault, type Fault, type Faults, pauseWriterForAMinute } from './faults.ts';

export const MINUTE_PAUSE = 'writer-paused-for-a-minute';
const FIRST_MINUTE_PAUSE_MS = 3 * 60_000;
const MINUTE_PAUSE_EVERY_MS = 15 * 60_000;

/** What comes next: by chance, but for the pause of a minute, which comes by the clock: no long run lacks it. */
export class Schedule {
  readonly #faults: Faults;
  readonly #chance: Chance;
  #nextMinutePauseMs = FIRST_MINUTE_PAUSE_MS;

  constructor(faults: Faults, chance: Chance) {
    this.#faults = faults;
    this.#chance = chance;
  }

  next(elapsedMs: number): { readonly name: string; readonly happen: Fault } {
    if (elapsedMs >= this.#nextMinutePauseMs) {
      this.#nextMinutePauseMs = elapsedMs + MINUTE_PAUSE_EVERY_MS;
      return { name: MINUTE_PAUSE, happen: pauseWriterForAMinute };
    }
    const name = chooseFault(this.#chance, this.#faults);
    const fault = this.#faults[name];
    if (fault === undefined) {
      throw new Error(`there is no fault ${name}`);
    }
    return { name, happen: fault.happen };
  }
}
