import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import type { CellPolicies } from '@fleetbook/domain';

/**
 * Refuses a command whose outcome may have been forgotten already, and one from a clock too far ahead, which would be
 * remembered for longer than anyone planned.
 */
export function checkTime(policies: CellPolicies, issuedAt: number, at: number): FleetbookError | undefined {
  const horizon = at - policies.outcomeRetentionMs;
  if (issuedAt < horizon) {
    return fleetbookError('COMMAND_TOO_OLD', { issuedAt, horizon, at });
  }
  if (issuedAt > at + policies.clockSkewMs) {
    return fleetbookError('CLOCK_AHEAD', { issuedAt, at, clockSkewMs: policies.clockSkewMs });
  }
  return undefined;
}

/** When a command was put into the inbox, and its place there. */
export interface PutFacts {
  readonly sequence: number;
  /** Epoch milliseconds of the inbox's own clock. */
  readonly storedAt: number;
}

/**
 * The age of a command that was put is its age when it was put: waiting is no fault of its sender's. Whether it was
 * decided before must still be known, though: outcomes since `knownSince` are.
 */
export function checkPutTime(
  policies: CellPolicies,
  issuedAt: number,
  { storedAt }: PutFacts,
  facts: { readonly knownSince: number; readonly at: number },
): FleetbookError | undefined {
  const { knownSince, at } = facts;
  const late = checkTime(policies, issuedAt, storedAt);
  return (
    late ??
    (issuedAt < knownSince ? fleetbookError('COMMAND_TOO_OLD', { issuedAt, horizon: knownSince, at }) : undefined)
  );
}
