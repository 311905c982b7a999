import { join } from 'node:path';
import { CONTRACT_VERSION, type FleetbookError, querySubject, writerSubject } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import type { EventLog } from '@fleetbook/event-log';
import type { Bus } from '@fleetbook/messaging';
import { answerMark, createNodeDisk, type MarkKeeper, type ServiceScope, systemClock } from '@fleetbook/operations';
import { createProjector, type Projector } from '@fleetbook/projector';
import { type LogAccess, type OwnState, openOwnState, type Program, serveHttp, withLog } from '@fleetbook/service';
import { headOfWriter } from './head-of-writer.ts';
import { keepArchive } from './keep-archive.ts';
import { startPast } from './past/start-past.ts';
import { type QueryEndpoints, serveQueries } from './serve-queries.ts';

/** Starts the projector: HTTP first, so that health can be asked while the rest is waited for. */
export async function start(program: Program, scope: ServiceScope): Promise<Result<void, FleetbookError>> {
  let projector: Projector | undefined;
  const http = await serveHttp(program, scope, () => ({
    isReady: projector?.isServing ?? false,
    facts: { ...projector?.health() },
  }));
  if (!http.ok) {
    return http;
  }
  const state = await openOwnState(program, scope);
  if (!state.ok) {
    return state;
  }
  return withLog(program, scope, {
    create: false,
    mark: state.value.marks.mark,
    onConnected: (bus) => answerMarks(program, scope, bus, state.value.marks),
    begin: async (bus, log, access) => {
      projector = run(program, scope, { bus, log, access, ...state.value });
    },
  });
}

/** From now on, log or not, to whoever is about to take office: every projector answers for itself. */
function answerMarks({ config, processId }: Program, scope: ServiceScope, bus: Bus, marks: MarkKeeper): void {
  const options = { service: 'projector', id: processId, marks, clock: systemClock } as const;
  const questions = bus.subscribe(querySubject(config.cell, 'mark'), (_subject, payload, respond) =>
    respond(answerMark(options, payload)),
  );
  scope.onStop('high-water mark queries', () => questions.stop());
}

interface Surroundings extends OwnState {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly access: LogAccess;
}

/** Folds and answers from now on, until the scope stops it: first no more questions, then no more folding. */
function run(program: Program, scope: ServiceScope, { bus, log, access, directory, marks }: Surroundings): Projector {
  const { config, logger, metrics, version, processId } = program;
  const { cell, checkpointIntervalMs } = config;
  let endpoints: QueryEndpoints | undefined;
  const archive = keepArchive(program, scope, log);
  const past = startPast(program, { access, directory: join(directory, 'replay') });
  scope.onStop('past', () => past.stop());
  const projector = createProjector({
    ...{ cell, log, directory, marks, logger, metrics, version, checkpointIntervalMs },
    pid: process.pid,
    disk: createNodeDisk(),
    clock: systemClock,
    past: past.ask,
    onServing: (isServing) => endpoints?.setServing(isServing),
    ...(archive === undefined ? {} : { archive }),
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
