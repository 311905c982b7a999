import { randomInt } from 'node:crypto';
import { CONTRACT_VERSION, type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { decide, fail, type Result, succeed } from '@fleetbook/domain';
import { type EventLog, LogDamageError } from '@fleetbook/event-log';
import { JetStreamSetupError } from '@fleetbook/event-log/jetstream';
import { type Bus, ConnectError } from '@fleetbook/messaging';
import {
  type Config,
  type Logger,
  type Metrics,
  randomIds,
  type ServiceScope,
  startHttpServer,
  systemClock,
} from '@fleetbook/operations';
import { createKeyHash, DEFAULT_TRACKER_SETTINGS, damageFailure, systemTimers, Tracker } from '@fleetbook/tracker';
import { connect, findNats } from './connect.ts';
import { openLog } from './open-log.ts';
import { trackerBus } from './tracker-bus.ts';

export interface Process {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  /** Id of this process: its writer id in elections. */
  readonly writer: string;
}

type Started = Result<void, FleetbookError>;

const done: Started = succeed(undefined);

/** Starts the tracker: HTTP first, so that health can be asked while the rest is waited for. */
export async function start(program: Process, scope: ServiceScope): Promise<Started> {
  const { config, logger } = program;
  let tracker: Tracker | undefined;
  const http = await serveHttp(program, scope, () => tracker);
  if (!http.ok) {
    return http;
  }
  try {
    const access = await findNats(config, process.cwd());
    const bus = await connect(config, access, scope.stopping, logger, program.metrics);
    scope.onStop('nats', async () => void (await bus.close()));
    void bus.closed.then((cause) => cause !== undefined && scope.fail(unavailable(cause.message)));
    const log = await openLog(config, bus, access.monitoringUrl, scope.stopping, logger);
    if (log === undefined) {
      return done;
    }
    scope.onStop('log', () => log.close());
    tracker = makeTracker(program, scope, bus, log);
    const running = tracker;
    scope.onStop('tracker', () => running.stop());
    await running.start();
    logger.info('started', { cell: config.cell, log: log.adapter, durability: log.durability });
    return done;
  } catch (error) {
    return startFailure(error);
  }
}

async function serveHttp(
  { config, metrics, logger }: Process,
  scope: ServiceScope,
  tracker: () => Tracker | undefined,
): Promise<Started> {
  if (config.httpPort === 'off') {
    return done;
  }
  const started = await startHttpServer({
    port: config.httpPort,
    readiness: () => {
      const status = tracker()?.status;
      return { isReady: status?.phase === 'in-office', facts: { phase: status?.phase ?? 'connecting', ...status } };
    },
    metrics: () => metrics.expose(),
  });
  if (!started.ok) {
    return started;
  }
  scope.onStop('http', () => started.value.close());
  logger.info('http server listens', { port: started.value.port });
  return done;
}

function makeTracker(
  { config, logger, metrics, version, writer }: Process,
  scope: ServiceScope,
  bus: Bus,
  log: EventLog,
) {
  const { cell, outcomeRetentionMs, clockSkewMs, fitWorkLimit } = config;
  const service = bus.addService({
    name: 'fleetbook-tracker',
    id: writer,
    version,
    description: `Decides the commands of cell ${cell}`,
    metadata: { contractVersion: CONTRACT_VERSION, cell },
    data: () => ({ ...tracker.status }),
  });
  scope.onStop('micro service', () => service.stop());
  const tracker = new Tracker({
    settings: {
      ...DEFAULT_TRACKER_SETTINGS,
      cell,
      writer,
      version,
      pid: process.pid,
      startedAt: systemClock.now(),
      policies: { outcomeRetentionMs, clockSkewMs, fitWorkLimit },
    },
    log,
    bus: trackerBus(bus, service, scope.stopping),
    clock: systemClock,
    timers: systemTimers,
    ids: randomIds,
    random: Math.random,
    logger,
    metrics,
    keyOf: createKeyHash(randomInt(2 ** 32)),
    decide,
    onFailure: ({ error }) => scope.fail(error),
  });
  return tracker;
}

function startFailure(error: unknown): Started {
  if (error instanceof ConnectError) {
    return error.code === 'ABORTED' ? done : fail(unavailable(error.message));
  }
  if (error instanceof JetStreamSetupError) {
    return fail(fleetbookError('WEAK_DURABILITY', { reason: error.message }));
  }
  if (error instanceof LogDamageError) {
    return fail(damageFailure(error).error);
  }
  throw error;
}

function unavailable(reason: string): FleetbookError {
  return fleetbookError('UNAVAILABLE', { service: 'NATS', reason });
}
