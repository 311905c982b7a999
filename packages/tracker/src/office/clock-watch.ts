import type { Clock } from '@fleetbook/operations';

/** How far the wall clock may be behind the ledger's time. */
const BEHIND_MS = 5_000;
/** What the wall clock gains or loses on the monotonic clock beyond this is a jump. */
const JUMP_MS = 1_000;
/** After a jump nothing is decided by the clock for this long: as after an election, agents get time to be heard. */
const STEADY_MS = 60_000;
/** The two clocks may drift apart this much of the time that passes. */
const DRIFT = 0.001;

/** Whether the wall clock can be trusted to decide something by itself. */
export class ClockWatch {
  readonly #clock: Clock;
  /** Wall minus monotonic time while nothing jumps. */
  #offsetMs: number;
  #checkedMs: number;
  #jump: { readonly byMs: number; readonly atMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#checkedMs = clock.monotonicMs();
    this.#offsetMs = clock.now() - this.#checkedMs;
  }

  /**
   * What is wrong with the clock, for people; undefined when nothing is. A jump is seen by the first check after it.
   * @param lastAt the ledger's time, epoch milliseconds.
   */
  check(lastAt: number): string | undefined {
    const wallMs = this.#clock.now();
    this.#compare(wallMs, this.#clock.monotonicMs());
    if (lastAt - wallMs > BEHIND_MS) {
      return `the wall clock is ${lastAt - wallMs} ms behind the last event`;
    }
    return this.#jump === undefined
      ? undefined
      : `the wall clock jumped by ${this.#jump.byMs} ms less than ${STEADY_MS} ms ago`;
  }

  #compare(wallMs: number, monotonicMs: number): void {
    const gainedMs = wallMs - monotonicMs - this.#offsetMs;
    const allowedMs = (monotonicMs - this.#checkedMs) * DRIFT;
    this.#checkedMs = monotonicMs;
    if (Math.abs(gainedMs) > JUMP_MS + allowedMs) {
      this.#offsetMs += gainedMs;
      this.#jump = { byMs: Math.round(gainedMs), atMs: monotonicMs };
      return;
    }
    this.#offsetMs += Math.max(-allowedMs, Math.min(allowedMs, gainedMs));
    if (this.#jump !== undefined && monotonicMs - this.#jump.atMs >= STEADY_MS) {
      this.#jump = undefined;
    }
  }
}
