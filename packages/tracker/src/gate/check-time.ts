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
