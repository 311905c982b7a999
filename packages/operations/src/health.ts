import type { HealthCheck, HealthStatus } from '@fleetbook/contracts';

const WORST_FIRST: readonly HealthStatus[] = ['red', 'yellow', 'green'];

export function worstOf(checks: readonly HealthCheck[]): HealthStatus {
  return WORST_FIRST.find((status) => checks.some((check) => check.status === status)) ?? 'green';
}
