const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 1_000;

/** What a service asked for, or up to a quarter more: those it sent away together do not return together. */
export const spread = (waitMs: number, random: () => number): number => Math.ceil(waitMs * (1 + random() / 4));

/** Another takes office within a second or two, and asking costs nobody anything meanwhile. */
const LONGEST_DELAY_WHILE_VACANT_MS = 250;

/**
 * Doubling delays, each between half and the whole of its step, so that clients do not return in step. `isVacant`:
 * nobody is there to answer at present.
 */
export const backOffMs = (attempt: number, random: () => number, isVacant = false): number => {
  const step = Math.min(FIRST_DELAY_MS * 2 ** attempt, isVacant ? LONGEST_DELAY_WHILE_VACANT_MS : LONGEST_DELAY_MS);
  return Math.round(step / 2 + (step / 2) * random());
};
