const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 1_000;

/** What a service asked for, or up to a quarter more: those it sent away together do not return together. */
export const spread = (waitMs: number, random: () => number): number => Math.ceil(waitMs * (1 + random() / 4));

/** Doubling delays, each between half and the whole of its step, so that clients do not return in step. */
export const backOffMs = (attempt: number, random: () => number): number => {
  const step = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
  return Math.round(step / 2 + (step / 2) * random());
};
