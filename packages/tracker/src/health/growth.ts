/** How long back the growth of the log is looked at. */
const WINDOW_MS = 24 * 3_600_000;
const SAMPLE_MS = 600_000;
/** Less than this tells nothing of a day. */
const LEAST_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

export interface GrowthRate {
  readonly bytesPerDay: number;
  /** Over so many milliseconds it was measured. */
  readonly windowMs: number;
}

/** How fast the log grows: of the last day, and of less where this process is younger. */
export class Growth {
  readonly #samples: Sample[] = [];
  #latest: Sample | undefined;

  note(bytes: number, atMs: number): void {
    this.#latest = { atMs, bytes };
    const newest = this.#samples.at(-1);
    if (newest === undefined || atMs - newest.atMs >= SAMPLE_MS) {
      this.#samples.push(this.#latest);
    }
    while ((this.#samples[1]?.atMs ?? Infinity) <= atMs - WINDOW_MS) {
      this.#samples.shift();
    }
  }

  /** Undefined until there is enough to go by. */
  rate(): GrowthRate | undefined {
    const [oldest] = this.#samples;
    if (oldest === undefined || this.#latest === undefined) {
      return undefined;
    }
    const windowMs = this.#latest.atMs - oldest.atMs;
    const bytesPerDay = Math.max(0, Math.round(((this.#latest.bytes - oldest.bytes) / windowMs) * DAY_MS));
    return windowMs < LEAST_MS ? undefined : { bytesPerDay, windowMs: Math.round(windowMs) };
  }
}
