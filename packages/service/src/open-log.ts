import { setTimeout as delay } from 'node:timers/promises';
import { type EventLog, LogUnavailableError } from '@fleetbook/event-log';
import { openEventStoreLog } from '@fleetbook/event-log/eventstoredb';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import type { Bus } from '@fleetbook/messaging';
import type { Program } from './program.ts';

const RETRY_MS = 200;

export interface LogPlace {
  readonly bus: Bus;
  readonly monitoringUrl: string | undefined;
  /** Make the log where there is none: for the tracker. A projector waits for the tracker's. */
  readonly create: boolean;
}

/** The log that the configuration names, once it can be reached; undefined when `signal` comes first. */
export async function openLog(program: Program, place: LogPlace, signal: AbortSignal): Promise<EventLog | undefined> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await openNow(program, place);
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) {
        throw error;
      }
      // Said once: a projector may start long before the tracker that founds the log.
      program.logger[failures === 0 ? 'warn' : 'debug']('the log cannot be reached yet', { err: error });
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

function openNow({ config, logger }: Program, { bus, monitoringUrl, create }: LogPlace): Promise<EventLog> {
  const { cell, appendTimeoutMs, log } = config;
  if (log.adapter === 'eventstoredb') {
    return openEventStoreLog({ connectionString: log.connectionString, cell, appendTimeoutMs });
  }
  return openJetStreamLog({
    connection: bus.connection,
    cell,
    create,
    appendTimeoutMs,
    ...(monitoringUrl === undefined ? {} : { monitoringUrl }),
    warn: (reason) => logger.warn('log repaired', { reason }),
  });
}
