import { setTimeout as delay } from 'node:timers/promises';
import { handOverSubject } from '@fleetbook/contracts';
import type { Chance } from '../simulation/world/random.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import type { TorturedServices } from './services.ts';

/** Does one fault to the services; gives how many processes were killed. */
type Fault = (services: TorturedServices, chance: Chance) => Promise<number>;

/** Shorter and longer than it takes to elect another writer, and than a server waits for a client. */
const PAUSES_MS = [50, 300, 1_500, 3_500];
/** Of the pauses of a writer a few are as long as a machine that swaps or is moved may stand still. */
const LONG_PAUSE_MS = 60_000;
const LONG_PAUSE_SHARE = 0.1;
const HAND_OVER_MS = 3_000;

/** What befalls a running cell, by name; the writer in office most of all. */
export const FAULTS = {
  'writer-killed': async (services) => {
    await services.replace('tracker', await services.writer(), 'SIGKILL');
    return 1;
  },
  'standby-killed': async (services) => {
    await services.replace('tracker', await services.standby(), 'SIGKILL');
    return 1;
  },
  'both-trackers-killed': async (services) => {
    await Promise.all(services.trackers.map((tracker) => services.replace('tracker', tracker, 'SIGKILL')));
    return 2;
  },
  'projector-killed': async (services, chance) => {
    await services.replace('projector', chance.pick(services.projectors), 'SIGKILL');
    return 1;
  },
  'server-killed': async ({ onServer }) => {
    await onServer.server.kill();
    await onServer.server.restart();
    return 1;
  },
  'all-killed': async (services) => {
    const { server } = services.onServer;
    await Promise.all([
      server.kill(),
      ...services.trackers.map((tracker) => services.replace('tracker', tracker, 'SIGKILL')),
      ...services.projectors.map((projector) => services.replace('projector', projector, 'SIGKILL')),
    ]);
    await server.restart();
    return 5;
  },
  'writer-paused': async (services, chance) => {
    const isLong = chance.happens(LONG_PAUSE_SHARE);
    return pause(await services.writer(), isLong ? LONG_PAUSE_MS : chance.pick(PAUSES_MS));
  },
  'projector-paused': async (services, chance) => pause(chance.pick(services.projectors), chance.pick(PAUSES_MS)),
  'server-paused': async ({ onServer: { server } }, chance) => {
    process.kill(server.pid, 'SIGSTOP');
    await delay(chance.pick(PAUSES_MS));
    process.kill(server.pid, 'SIGCONT');
    return 0;
  },
  'writer-stopped': async (services) => {
    const end = await services.replace('tracker', await services.writer(), 'SIGTERM');
    if (end !== 0) {
      throw new Error(`a tracker that was told to end ended with ${end}`);
    }
    return 0;
  },
  'office-handed-over': async ({ onServer, cell }) => {
    await onServer.bus.request(handOverSubject(cell), '{}', HAND_OVER_MS);
    return 0;
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

const NAMES: readonly FaultName[] = [
  ...(['writer-killed', 'writer-killed', 'writer-killed', 'writer-killed', 'standby-killed'] as const),
  ...(['both-trackers-killed', 'projector-killed', 'projector-killed', 'server-killed', 'server-killed'] as const),
  ...(['all-killed', 'writer-paused', 'writer-paused', 'projector-paused', 'server-paused'] as const),
  ...(['writer-stopped', 'office-handed-over'] as const),
];

export function chooseFault(chance: Chance): FaultName {
  return chance.pick(NAMES);
}

async function pause(service: ServiceUnderTest, durationMs: number): Promise<number> {
  service.kill('SIGSTOP');
  await delay(durationMs);
  service.kill('SIGCONT');
  return 0;
}
