import { setTimeout as delay } from 'node:timers/promises';
import type { HighWaterMark } from '@fleetbook/contracts';
import { damageError, type EventLog, LogMissingError, LogUnavailableError, lossOf } from '@fleetbook/event-log';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import type { Bus } from '@fleetbook/messaging';
import { giveNotice } from '@fleetbook/operations';
import type { Program } from './program.ts';
import { type ReadingPlace, startReadingThread } from './start-reading-thread.ts';

const RETRY_MS = 200;
/** Three seconds: a log that a tracker started beside it founds is there by then. */
const FAILURES_BEFORE_NOTICE = 15;

export interface LogPlace {
  readonly bus: Bus;
  readonly monitoringUrl: string | undefined;
  readonly nats: ReadingPlace['nats'];
  /** Make the log where there is none: for the tracker. A projector waits for the tracker's. */
  readonly create: boolean;
  /** What is known to be in the log: no other is made in its place, and its absence is a loss. */
  readonly mark: HighWaterMark | undefined;
}

/** Answers in a row that there is no such log, before one that is known to have been there counts as lost. */
const MISSING_ANSWERS = 10;

/**
 * The log that the configuration names, once it can be reached; undefined when `signal` comes first. Throws
 * LogDamageError when a log that is known to have been there is gone.
 */
export async function openLog(program: Program, place: LogPlace, signal: AbortSignal): Promise<EventLog | undefined> {
  let missing = 0;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await openNow(program, place);
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) {
        throw error;
      }
      missing = error instanceof LogMissingError ? missing + 1 : 0;
      if (place.mark !== undefined && missing === MISSING_ANSWERS) {
        reportLoss(program, place, place.mark, error);
      }
      // Said once: a projector may start long before the tracker that founds the log.
      program.logger[failures === 0 ? 'warn' : 'debug']('the log cannot be reached yet', { err: error });
      if (failures === FAILURES_BEFORE_NOTICE) {
        giveNotice({ type: 'waiting', reason: `the log cannot be reached: ${error.message}` });
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/** A tracker stops. A projector stays, as a witness of what was there, and reads nothing until the log is back. */
function reportLoss(
  { logger }: Program,
  { create }: LogPlace,
  { historyId, number }: HighWaterMark,
  cause: Error,
): void {
  const loss = lossOf({ historyId, from: 1, to: number }, cause.message);
  if (create) {
    throw loss;
  }
  logger.error('the log is gone', { errCode: damageError(loss).code, reason: loss.message });
}

async function openNow(program: Program, place: LogPlace): Promise<EventLog> {
  const { config, logger } = program;
  const { bus, monitoringUrl, nats, create, mark } = place;
  const { cell, appendTimeoutMs, log } = config;
  if (log.adapter === 'eventstoredb') {
    // A third of all that a service reads at its start is this client, which a log at NATS does not need.
    const { openEventStoreLog } = await import('@fleetbook/event-log/eventstoredb');
    return openEventStoreLog({ connectionString: log.connectionString, cell, appendTimeoutMs });
  }
  return openJetStreamLog({
    connection: bus.connection,
    cell,
    create: create && mark === undefined,
    appendTimeoutMs,
    ...(monitoringUrl === undefined ? {} : { monitoringUrl }),
    startReadingThread: () => startReadingThread({ nats }),
    warn: (reason) => logger.warn('log repaired', { reason }),
  });
}
