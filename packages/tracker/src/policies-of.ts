import type { CellPolicies } from '@fleetbook/domain';
import type { Config } from '@fleetbook/operations';

/** What a cell is founded with; what is not configured is left to the domain. */
export function policiesOf(config: Config): CellPolicies {
  const { outcomeRetentionMs, clockSkewMs, fitWorkLimit, autoConfirmAfterMs, reportIntervalMs, driftPolicy } = config;
  return {
    ...{ outcomeRetentionMs, clockSkewMs, fitWorkLimit, reportIntervalMs },
    ...(autoConfirmAfterMs === undefined ? {} : { autoConfirmAfterMs }),
    ...(driftPolicy === undefined ? {} : { driftPolicy }),
  };
}
