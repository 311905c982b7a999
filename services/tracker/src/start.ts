import { randomInt } from 'node:crypto';
import { CONTRACT_VERSION, type FleetbookError } from '@fleetbook/contracts';
import { decide, type Result } from '@fleetbook/domain';
import type { EventLog } from '@fleetbook/event-log';
import { openJetStreamInbox } from '@fleetbook/event-log/jetstream';
import type { Bus } from '@fleetbook/messaging';
import {
  askDiskSpace,
  createNodeDisk,
  giveNotice,
  type MarkKeeper,
  randomIds,
  type ServiceScope,
  systemClock,
  systemTimers,
  watchLoop,
} from '@fleetbook/operations';
import { openOwnState, type Program, serveHttp, withLog } from '@fleetbook/service';
import {
  createKeyHash,
  DEFAULT_TRACKER_SETTINGS,
  decideDue,
  policiesOf,
  StorageWatch,
  Tracker,
} from '@fleetbook/tracker';
import { storageLook } from './look-at-storage.ts';
import { trackerBus } from './tracker-bus.ts';

/** Starts the tracker: HTTP first, so that health can be asked while the rest is waited for. */
export async function start(program: Program, scope: ServiceScope): Promise<Result<void, FleetbookError>> {
  let tracker: Tracker | undefined;
  const http = await serveHttp(program, scope, () => {
    const status = tracker?.status;
    const health = tracker?.health();
    const isReady = status?.phase === 'in-office' && health?.status !== 'red';
    return { isReady, facts: { phase: 'connecting', ...status, ...health } };
  });
  if (!http.ok) {
    return http;
  }
  const state = await openOwnState(program, scope);
  if (!state.ok) {
    return state;
  }
  const { marks, known, directory } = state.value;
  return withLog(program, scope, {
    create: true,
    noEcho: true,
    mark: known,
    begin: async (bus, log) => {
      const running = makeTracker(program, scope, { bus, log, marks, directory });
      tracker = running;
      scope.onStop('tracker', () => running.stop());
      await running.start();
    },
  });
}

interface Surroundings {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly marks: MarkKeeper;
  readonly directory: string;
}

function makeTracker(program: Program, scope: ServiceScope, { bus, log, marks, directory }: Surroundings): Tracker {
  const { config, logger, metrics, version, processId } = program;
  const { cell } = config;
  const service = bus.addService({
    name: 'fleetbook-tracker',
    id: processId,
    version,
    description: `Decides the commands of cell ${cell}`,
    metadata: { contractVersion: CONTRACT_VERSION, cell },
    data: () => ({ ...tracker.status, ...tracker.health() }),
  });
  scope.onStop('micro service', () => service.stop());
  const surroundings = { clock: systemClock, timers: systemTimers, logger, metrics };
  const loop = watchLoop(surroundings);
  scope.onStop('event loop watch', loop.stop);
  const { storeDirectory, storageIntervalMs: intervalMs } = config;
  const look = storageLook({ log, storeDirectory, askDiskSpace });
  const storage = new StorageWatch({ ...surroundings, look, intervalMs });
  scope.onStop('storage watch', () => storage.stop());
  void storage.start();
  const tracker = new Tracker({
    ...{ ...surroundings, storage, loop },
    settings: {
      ...DEFAULT_TRACKER_SETTINGS,
      cell,
      writer: processId,
      version,
      pid: process.pid,
      startedAt: systemClock.now(),
      policies: policiesOf(config),
      refusals: { perSecond: config.refusalsPerSecond, burst: config.refusalBurst },
      snapshotIntervalMs: config.snapshotIntervalMs,
    },
    log,
    bus: trackerBus(bus, service, scope.stopping),
    // Whatever keeps the log: the inbox is NATS's own.
    inbox: openJetStreamInbox({ connection: bus.connection, cell }),
    ids: randomIds,
    random: Math.random,
    marks,
    disk: createNodeDisk(),
    directory,
    keysOf: createKeyHash,
    keySeed: randomInt(2 ** 32),
    decide,
    decideDue,
    onFailure: ({ error }) => scope.fail(error),
    onWaiting: (reason) => void giveNotice({ type: 'waiting', reason: `LOG_WENT_BACK: ${reason}` }),
  });
  return tracker;
}
