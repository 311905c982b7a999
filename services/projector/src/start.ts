import { CONTRACT_VERSION, type FleetbookError, fleetbookError, writerSubject } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type EventLog, LogDamageError } from '@fleetbook/event-log';
import { JetStreamSetupError } from '@fleetbook/event-log/jetstream';
import { type Bus, ConnectError } from '@fleetbook/messaging';
import {
  type Config,
  createNodeDisk,
  type Logger,
  type Metrics,
  type ServiceScope,
  startHttpServer,
  systemClock,
} from '@fleetbook/operations';
import { createProjector, damageError, type Projector } from '@fleetbook/projector';
import { connect, findNats } from './connect.ts';
import { headOfWriter } from './head-of-writer.ts';
import { openLog } from './open-log.ts';
import { takeOwnDirectory } from './own-directory.ts';
import { type QueryEndpoints, serveQueries } from './serve-queries.ts';

export interface ProjectorProcess {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  /** Tells this process from other replicas. */
  readonly instanceId: string;
}

type Started = Result<void, FleetbookError>;

const STARTED: Started = succeed(undefined);

/** Starts the projector: HTTP first, so that health can be asked while the rest is waited for. */
export async function start(program: ProjectorProcess, scope: ServiceScope): Promise<Started> {
  const { config, logger, metrics } = program;
  let projector: Projector | undefined;
  const http = await serveHttp(program, scope, () => projector);
  if (!http.ok) {
    return http;
  }
  const directory = await takeOwnDirectory(config.data, config.cell);
  if (!directory.ok) {
    return directory;
  }
  scope.onStop('directory', () => directory.value.lock.release());
  try {
    const place = await findNats(config, createNodeDisk(), process.cwd());
    const bus = await connect(config, place, { logger, metrics, signal: scope.stopping });
    scope.onStop('nats', async () => void (await bus.close()));
    const log = await openLog(config, { bus, monitoringUrl: place.monitoringUrl }, logger, scope.stopping);
    if (log === undefined) {
      return STARTED;
    }
    scope.onStop('log', () => log.close());
    projector = run(program, scope, { bus, log, directory: directory.value.path });
    logger.info('started', { cell: config.cell, log: log.adapter, durability: log.durability });
    return STARTED;
  } catch (error) {
    return failureOf(error);
  }
}

interface Surroundings {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly directory: string;
}

/** Folds and answers from now on, until the scope stops it: first no more questions, then no more folding. */
function run(program: ProjectorProcess, scope: ServiceScope, { bus, log, directory }: Surroundings): Projector {
  const { config, logger, metrics, version, instanceId } = program;
  const { cell, checkpointIntervalMs } = config;
  let endpoints: QueryEndpoints | undefined;
  const projector = createProjector({
    ...{ cell, log, directory, logger, metrics, version, checkpointIntervalMs },
    pid: process.pid,
    disk: createNodeDisk(),
    clock: systemClock,
    onServing: (isServing) => endpoints?.setServing(isServing),
  });
  scope.onStop('projector', () => projector.stop());
  const service = bus.addService({
    name: 'fleetbook-projector',
    id: instanceId,
    version,
    description: `Answers questions about cell ${cell}`,
    metadata: { contractVersion: CONTRACT_VERSION, cell },
    data: () => ({ ...projector.health(), isServing: projector.isServing }),
  });
  scope.onStop('micro service', () => service.stop());
  endpoints = serveQueries(service, cell, projector.handle);
  scope.onStop('queries', endpoints.stop);
  const heartbeats = bus.subscribe(writerSubject(cell), (_subject, payload) => {
    const head = headOfWriter(payload);
    if (head !== undefined && head.historyId === projector.view.ledger.cell?.historyId) {
      projector.noteHead(head.number);
    }
  });
  scope.onStop('heartbeats', () => heartbeats.stop());
  projector.start();
  return projector;
}

async function serveHttp(
  { config, metrics, logger }: ProjectorProcess,
  scope: ServiceScope,
  projector: () => Projector | undefined,
): Promise<Started> {
  if (config.httpPort === 'off') {
    return STARTED;
  }
  const started = await startHttpServer({
    port: config.httpPort,
    readiness: () => {
      const running = projector();
      return { isReady: running?.isServing ?? false, facts: { ...running?.health() } };
    },
    metrics: () => metrics.expose(),
  });
  if (!started.ok) {
    return started;
  }
  scope.onStop('http', () => started.value.close());
  logger.info('http server listens', { port: started.value.port });
  return STARTED;
}

function failureOf(error: unknown): Started {
  if (error instanceof ConnectError) {
    const reason = error.message;
    return error.code === 'ABORTED' ? STARTED : fail(fleetbookError('UNAVAILABLE', { service: 'NATS', reason }));
  }
  if (error instanceof JetStreamSetupError) {
    return fail(fleetbookError('WEAK_DURABILITY', { reason: error.message }));
  }
  if (error instanceof LogDamageError) {
    return fail(damageError(error));
  }
  throw error;
}
