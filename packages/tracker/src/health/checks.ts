import type { HealthCheck } from '@fleetbook/contracts';

/** `suspension`: why nothing is decided by time at present. */
export function clockCheck(suspension: string | undefined): HealthCheck {
  return suspension === undefined
    ? { name: 'clock', status: 'green' }
    : { name: 'clock', status: 'red', reason: suspension };
}

/**
 * Everything is decided as well without: the loss of events might go unnoticed without a saved mark, and a start takes
 * longer without a snapshot. `failure`: code of what kept it from being saved.
 */
export function saveCheck(name: string, failure: string | undefined): HealthCheck {
  return failure === undefined
    ? { name, status: 'green' }
    : { name, status: 'yellow', reason: `not saved: ${failure}` };
}

/** Direct commands are decided as well without an inbox. `trouble`: why it is not read; green checks are left out. */
export function inboxChecks(trouble: string | undefined): readonly HealthCheck[] {
  return trouble === undefined ? [] : [{ name: 'inbox', status: 'yellow', reason: trouble }];
}
