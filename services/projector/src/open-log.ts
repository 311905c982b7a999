import { setTimeout as delay } from 'node:timers/promises';
import { type EventLog, LogUnavailableError } from '@fleetbook/event-log';
import { openEventStoreLog } from '@fleetbook/event-log/eventstoredb';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import type { Bus } from '@fleetbook/messaging';
import type { Config, Logger } from '@fleetbook/operations';

const RETRY_MS = 200;

export interface LogPlace {
  readonly bus: Bus;
  readonly monitoringUrl: string | undefined;
}

/**
 * The log that the configuration names, once it can be read: a projector never makes one, it waits for the tracker's.
 * Undefined when `signal` comes first.
 */
export async function openLog(
  config: Config,
  place: LogPlace,
  logger: Logger,
  signal: AbortSignal,
): Promise<EventLog | undefined> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await openNow(config, place, logger);
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) {
        throw error;
      }
      // Said once: a projector may start long before the tracker that founds the log.
      logger[failures === 0 ? 'warn' : 'debug']('the log cannot be read yet', { err: error });
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

function openNow(config: Config, { bus, monitoringUrl }: LogPlace, logger: Logger): Promise<EventLog> {
  const { cell, appendTimeoutMs, log } = config;
  if (log.adapter === 'eventstoredb') {
    return openEventStoreLog({ connectionString: log.connectionString, cell, appendTimeoutMs });
  }
  return openJetStreamLog({
    connection: bus.connection,
    cell,
    create: false,
    appendTimeoutMs,
    ...(monitoringUrl === undefined ? {} : { monitoringUrl }),
    warn: (reason) => logger.warn('log repaired', { reason }),
  });
}
