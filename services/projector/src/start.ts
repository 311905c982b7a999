import { CONTRACT_VERSION, type FleetbookError, writerSubject } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import type { EventLog } from '@fleetbook/event-log';
import type { Bus } from '@fleetbook/messaging';
import { createNodeDisk, type ServiceScope, systemClock } from '@fleetbook/operations';
import { createProjector, type Projector } from '@fleetbook/projector';
import { type Program, serveHttp, withLog } from '@fleetbook/service';
import { headOfWriter } from './head-of-writer.ts';
import { takeOwnDirectory } from './own-directory.ts';
import { type QueryEndpoints, serveQueries } from './serve-queries.ts';

/** Starts the projector: HTTP first, so that health can be asked while the rest is waited for. */
export async function start(program: Program, scope: ServiceScope): Promise<Result<void, FleetbookError>> {
  const { config } = program;
  let projector: Projector | undefined;
  const http = await serveHttp(program, scope, () => ({
    isReady: projector?.isServing ?? false,
    facts: { ...projector?.health() },
  }));
  if (!http.ok) {
    return http;
  }
  const directory = await takeOwnDirectory(config.data, config.cell);
  if (!directory.ok) {
    return directory;
  }
  scope.onStop('directory', () => directory.value.lock.release());
  return withLog(program, scope, {
    create: false,
    begin: async (bus, log) => {
      projector = run(program, scope, { bus, log, directory: directory.value.path });
    },
  });
}

interface Surroundings {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly directory: string;
}

/** Folds and answers from now on, until the scope stops it: first no more questions, then no more folding. */
function run(program: Program, scope: ServiceScope, { bus, log, directory }: Surroundings): Projector {
  const { config, logger, metrics, version, processId } = program;
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
    id: processId,
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
