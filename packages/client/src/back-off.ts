const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 1_000;
/** Another takes office within a second or two, and asking costs nobody anything meanwhile. */
const LONGEST_DELAY_WHILE_VACANT_MS = 250;

export interface Again {
  /** How often it was sent again already. */
  readonly times: number;
  /** Nobody is there to answer at present. */
  readonly isVacant: boolean;
  /** What a service asked for, or 0. */
  readonly retryAfterMs: number;
  /** Until the time is up. */
  readonly leftMs: number;
}

/** How long to wait before something is sent again. Not below `leftMs`: not again. */
export const delayBefore = ({ times, isVacant, retryAfterMs, leftMs }: Again, random: () => number): number => {
  const asked = spread(retryAfterMs, random);
  // Half of what is left, so that the time is used up to its end.
  return Math.max(asked, Math.min(backOffMs(times, random, isVacant), Math.max(FIRST_DELAY_MS, leftMs / 2)));
};

/** What a service asked for, or up to a quarter more: those it sent away together do not return together. */
const spread = (waitMs: number, random: () => number): number => Math.ceil(waitMs * (1 + random() / 4));

/** Doubling delays, each between half and the whole of its step, so that clients do not return in step. */
const backOffMs = (times: number, random: () => number, isVacant: boolean): number => {
  const step = Math.min(FIRST_DELAY_MS * 2 ** times, isVacant ? LONGEST_DELAY_WHILE_VACANT_MS : LONGEST_DELAY_MS);
  return Math.round(step / 2 + (step / 2) * random());
};
