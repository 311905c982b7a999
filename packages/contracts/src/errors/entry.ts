/** What a caller can do: send the identical message again, ask anew later with a fresh id, or change the request. */
export type Retry = 'same-id' | 'new-id' | 'never';

export type ErrorCategory = 'validation' | 'conflict' | 'capacity' | 'not-found' | 'unavailable' | 'internal';

/** 1 the answer is no; 2 usage; 3 refused by the domain; 4 unavailable; 5 damaged or too new data; 70 bug. */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 70;

/** One line of the closed catalogue. A code is never reused for another meaning. */
export interface ErrorEntry {
  /**
   * Filled with the error's details: `{claim.node}` stands for `details.claim.node`, `{since|time}` for a time in epoch
   * milliseconds. A part in square brackets is left out where its detail is absent or empty.
   */
  readonly message: string;
  readonly category: ErrorCategory;
  readonly retry: Retry;
  /** Whether it is written to the log, so that a repeat of the command id gets the same answer. */
  readonly isRecorded: boolean;
  readonly exitCode: ExitCode;
  /** One sentence for the reference page. */
  readonly about: string;
  /** Names of details besides those in the message. */
  readonly facts?: readonly string[];
}
