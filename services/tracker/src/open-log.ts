import { setTimeout as delay } from 'node:timers/promises';
import { type EventLog, LogUnavailableError } from '@fleetbook/event-log';
import { openEventStoreLog } from '@fleetbook/event-log/eventstoredb';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import type { Bus } from '@fleetbook/messaging';
import type { Config, Logger } from '@fleetbook/operations';

const RETRY_MS = 200;

/** The log the configuration names, as soon as it can be reached; undefined when `signal` comes first. */
export async function openLog(
  config: Config,
  bus: Bus,
  monitoringUrl: string | undefined,
  signal: AbortSignal,
  logger: Logger,
): Promise<EventLog | undefined> {
  while (!signal.aborted) {
    try {
      return await openOnce(config, bus, monitoringUrl, logger);
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) {
        throw error;
      }
      logger.warn('log unavailable', { err: error });
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

function openOnce(
  { cell, log, appendTimeoutMs }: Config,
  bus: Bus,
  monitoringUrl: string | undefined,
  logger: Logger,
): Promise<EventLog> {
  if (log.adapter === 'eventstoredb') {
    return openEventStoreLog({ connectionString: log.connectionString, cell, appendTimeoutMs });
  }
  return openJetStreamLog({
    connection: bus.connection,
    cell,
    create: true,
    appendTimeoutMs,
    ...(monitoringUrl === undefined ? {} : { monitoringUrl }),
    warn: (reason) => logger.warn('log repaired', { reason }),
  });
}
