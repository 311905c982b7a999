import { type FleetbookError, fleetbookError, type HighWaterMark } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { damageError, type EventLog, LogDamageError } from '@fleetbook/event-log';
import { JetStreamSetupError } from '@fleetbook/event-log/jetstream';
import { type Bus, ConnectError } from '@fleetbook/messaging';
import type { ServiceScope } from '@fleetbook/operations';
import { connect, credentialsOf } from './connect.ts';
import { findNats } from './find-nats.ts';
import { type LogPlace, openLog } from './open-log.ts';
import type { Program } from './program.ts';
import { setupFailure, watchDurability } from './watch-durability.ts';

type Started = Result<void, FleetbookError>;

/** How another thread of this process reaches the same log: values only. */
export type LogAccess = Pick<LogPlace, 'nats' | 'monitoringUrl'>;

export interface LogUse {
  /** Make the log where there is none and none was ever known. */
  readonly create: boolean;
  /** What is known to be in the log: where it is missing then, it is lost. */
  readonly mark: HighWaterMark | undefined;
  /** The service does not answer its own questions to all: the server can tell it that there is nobody to answer. */
  readonly noEcho?: boolean;
  /** What can be done before there is a log. */
  readonly onConnected?: (bus: Bus) => void;
  /** Begins the service's own work. */
  readonly begin: (bus: Bus, log: EventLog, access: LogAccess) => Promise<void>;
}

/**
 * Waits for NATS and the log, then begins; a scope that stops meanwhile is no failure.
 * Errors: UNAVAILABLE, ACCESS_REFUSED, WEAK_DURABILITY, LOG_UNUSABLE, and what damage comes to.
 */
export async function withLog(program: Program, scope: ServiceScope, use: LogUse): Promise<Started> {
  const { config, logger } = program;
  try {
    const place = await findNats(config, process.cwd());
    const bus = await connect(program, place, { signal: scope.stopping, noEcho: use.noEcho ?? false });
    scope.onStop('nats', async () => void (await bus.close()));
    void bus.closed.then((cause) => cause !== undefined && scope.fail(unavailable(cause.message)));
    use.onConnected?.(bus);
    const access = { monitoringUrl: place.monitoringUrl, nats: credentialsOf(program, place) };
    const log = await openLog(program, { bus, ...access, create: use.create, mark: use.mark }, scope.stopping);
    if (log === undefined) {
      return succeed(undefined);
    }
    scope.onStop('log', () => log.close());
    void watchDurability(log, scope);
    await use.begin(bus, log, access);
    logger.info('started', { cell: config.cell, log: log.adapter, durability: log.durability });
    return succeed(undefined);
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): Started {
  if (error instanceof ConnectError) {
    switch (error.code) {
      case 'ABORTED':
        return succeed(undefined);
      case 'REFUSED':
      case 'UNREADABLE':
        return fail(fleetbookError('ACCESS_REFUSED', { reason: error.message }));
      case 'UNREACHABLE':
        return fail(unavailable(error.message));
    }
  }
  if (error instanceof JetStreamSetupError) {
    return fail(setupFailure(error));
  }
  if (error instanceof LogDamageError) {
    return fail({ ...damageError(error), message: error.message });
  }
  throw error;
}

function unavailable(reason: string): FleetbookError {
  return fleetbookError('UNAVAILABLE', { service: 'NATS', reason });
}
