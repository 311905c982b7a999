/** Header of a request: how long its sender waits for the answer, whole milliseconds from its arrival. */
export const DEADLINE_HEADER = 'Fleetbook-Deadline-Ms';

const MILLISECONDS = /^[1-9]\d{0,8}$/;

/** The waiting time that a header states; undefined for what states none. */
export const readDeadline = (text: string | undefined): number | undefined =>
  text !== undefined && MILLISECONDS.test(text) ? Number(text) : undefined;
