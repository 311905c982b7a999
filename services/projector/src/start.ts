import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import {
  CONTRACT_VERSION,
  type FleetbookError,
  querySubject,
  type RebuildAnswer,
  rebuildSubject,
  writerSubject,
} from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import type { EventLog } from '@fleetbook/event-log';
import type { Bus } from '@fleetbook/messaging';
import {
  answerMark,
  createNodeDisk,
  giveNotice,
  type MarkKeeper,
  type ServiceScope,
  systemClock,
  systemTimers,
  watchLoop,
} from '@fleetbook/operations';
import { createProjector, type Projector } from '@fleetbook/projector';
import { type LogAccess, type OwnState, openOwnState, type Program, serveHttp, withLog } from '@fleetbook/service';
import { headOfWriter } from './head-of-writer.ts';
import { keepArchive } from './keep-archive.ts';
import { startPast } from './past/start-past.ts';
import { type PeerBus, peersOn } from './peers.ts';
import { type QueryEndpoints, serveQueries } from './serve-queries.ts';

/** Starts the projector: HTTP first, so that health can be asked while the rest is waited for. */
export async function start(program: Program, scope: ServiceScope): Promise<Result<void, FleetbookError>> {
  let running: RunningProjector | undefined;
  const http = await serveHttp(program, scope, () => ({
    isReady: running?.isReady() ?? false,
    facts: { ...running?.projector.health() },
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
    mark: state.value.known,
    onConnected: (bus) => answerMarks(program, scope, bus, state.value.marks),
    begin: async (bus, log, access) => {
      running = run(program, scope, { bus, log, access, ...state.value });
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

interface RunningProjector {
  readonly projector: Projector;
  /** Whether questions that are sent now are answered here, from a state that is up to date. */
  isReady(): boolean;
}

/** Folds and answers from now on, until the scope stops it: first no more questions, then no more folding. */
function run(program: Program, scope: ServiceScope, surroundings: Surroundings): RunningProjector {
  const { bus, log, access, directory, marks } = surroundings;
  const { config, logger, metrics, version, processId } = program;
  const { cell, checkpointIntervalMs, staleAnswers } = config;
  let endpoints: QueryEndpoints | undefined;
  const archive = keepArchive(program, scope, log);
  const past = startPast(program, { access, directory: join(directory, 'replay') });
  scope.onStop('past', () => past.stop());
  const loop = watchLoop({ clock: systemClock, timers: systemTimers });
  scope.onStop('event loop watch', loop.stop);
  const projector = createProjector({
    ...{ cell, log, directory, marks, logger, metrics, version, checkpointIntervalMs, staleAnswers },
    id: processId,
    pid: process.pid,
    idSeed: randomInt(2 ** 32),
    peers: peersOn(peerBus(bus), cell, processId),
    startsAnew: config.projectionStart === 'log',
    disk: createNodeDisk(),
    clock: systemClock,
    past: past.ask,
    // Unknown while there has been no connection: then nothing is asked either.
    maximumAnswerBytes: () => bus.maximumPayloadBytes,
    processChecks: () => [loop.check()],
    onStopped: ({ code, message }) => void giveNotice({ type: 'waiting', reason: `${code}: ${message}` }),
    onAnswering: (isAnswering) => endpoints?.setAnswering(isAnswering),
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
  endpoints = serveQueries({
    ...{ service, cell, handle: projector.handle, flush: () => bus.flush() },
    timers: systemTimers,
  });
  scope.onStop('queries', endpoints.stop);
  const heartbeats = bus.subscribe(writerSubject(cell), (_subject, payload) => {
    const head = headOfWriter(payload);
    if (head !== undefined) {
      projector.noteHead(head);
    }
  });
  scope.onStop('heartbeats', () => heartbeats.stop());
  takeRebuilds(program, scope, bus, projector);
  projector.start();
  return { projector, isReady: () => projector.isServing && endpoints?.isJoined === true };
}

/** An operator's wish to have this process replaced by one that folds the whole log: whoever started it does that. */
function takeRebuilds(
  { config, logger, processId }: Program,
  scope: ServiceScope,
  bus: Bus,
  projector: Projector,
): void {
  const wishes = bus.subscribe(rebuildSubject(config.cell), async (_subject, _payload, respond) => {
    await projector.discardCheckpoint();
    const answer: RebuildAnswer = { id: processId, isReplaced: giveNotice({ type: 'replace' }) };
    logger.info('to be rebuilt', { number: projector.view.bookmark.number, isReplaced: answer.isReplaced });
    respond(JSON.stringify(answer));
  });
  scope.onStop('rebuilds', () => wishes.stop());
}

function peerBus(bus: Bus): PeerBus {
  return {
    async ask(subject, payload, timeoutMs) {
      const reply = await bus.request(subject, payload, timeoutMs);
      if (reply.status === 'reply') {
        return reply.payload;
      }
      return reply.status === 'no-responders' ? 'nobody' : 'silent';
    },
    askAll: (subject, payload, waitMs) => bus.requestAll(subject, payload, waitMs),
  };
}
