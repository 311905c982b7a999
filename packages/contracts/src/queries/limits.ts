/** Items of a page, and of a list in a question. */
export const MAXIMUM_LIMIT = 1_000;

/** The longest that a question may say it waits. */
export const MAXIMUM_DEADLINE_MS = 60_000;
