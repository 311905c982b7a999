import { setTimeout as delay } from 'node:timers/promises';
import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { JetStreamSetupError } from '@fleetbook/event-log/jetstream';
import type { ServiceScope } from '@fleetbook/operations';

const INTERVAL_MS = 5_000;

/**
 * Asks again how the log is stored while nobody has told, until the scope stops. A server that turns out to
 * acknowledge too soon ends the service, as it would have kept it from starting.
 */
export async function watchDurability(
  log: Pick<EventLog, 'durability' | 'verifyDurability'>,
  scope: Pick<ServiceScope, 'stopping' | 'fail'>,
  intervalMs = INTERVAL_MS,
): Promise<void> {
  const { verifyDurability } = log;
  while (verifyDurability !== undefined && log.durability === 'unverified' && !scope.stopping.aborted) {
    await delay(intervalMs, undefined, { signal: scope.stopping }).catch(() => undefined);
    try {
      await verifyDurability();
    } catch (error) {
      if (!(error instanceof JetStreamSetupError)) {
        throw error;
      }
      scope.fail(setupFailure(error));
      return;
    }
  }
}

export function setupFailure({ code, message }: JetStreamSetupError): FleetbookError {
  return fleetbookError(code, { reason: message });
}
