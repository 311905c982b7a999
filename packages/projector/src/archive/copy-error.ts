import type { DiskErrorCode } from '@fleetbook/operations';

/**
 * `DAMAGED` what stands in the copy is not what was written, or not whole; `TOO_NEW` a newer release wrote it;
 * `MISMATCH` it is of another cell or history than the log, or the log does not go on where it ends; `BEHIND` the log
 * ends before it; else what the disk says.
 */
export type CopyErrorCode = 'DAMAGED' | 'TOO_NEW' | 'MISMATCH' | 'BEHIND' | DiskErrorCode;

/** A copy of the log in files cannot be read, continued or used. Nothing of it was changed. */
export class CopyError extends Error {
  readonly code: CopyErrorCode;
  /** The first event concerned, where one is known. */
  readonly number: number | undefined;

  constructor(
    code: CopyErrorCode,
    message: string,
    facts: { readonly number?: number; readonly cause?: unknown } = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'CopyError';
    this.code = code;
    this.number = facts.number;
  }
}

/** Throws CopyError TOO_NEW where the version that something states is newer than the newest known. */
export function refuseNewer(what: string, stated: unknown, known: number): void {
  if (typeof stated === 'number' && stated > known) {
    throw new CopyError('TOO_NEW', `${what} is of version ${stated}, this release knows them up to ${known}`);
  }
}
