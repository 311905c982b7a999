import { setTimeout as delay } from 'node:timers/promises';
import { handOverSubject } from '@fleetbook/contracts';
import type { TestServer } from '@fleetbook/messaging/testing';
import type { Chance } from '../simulation/world/random.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import { until } from '../support/until.ts';
import type { TorturedServices } from './services.ts';

/** A cell at work, to be disturbed. */
export interface Tortured {
  readonly services: TorturedServices;
  readonly chance: Chance;
  /** Resolves once further claims were answered; throws when none are within a minute. */
  readonly claimsGoOn: () => Promise<void>;
}

/** Does one fault to a cell; gives how many processes were killed. */
export type Fault = (cell: Tortured) => Promise<number>;

/** Faults by name, each with how many chances it has. */
export type Faults = Readonly<Record<string, { readonly chances: number; readonly happen: Fault }>>;

/** Shorter and longer than it takes to elect another writer, and than a server waits for a client. */
const PAUSES_MS = [50, 300, 1_500, 3_500];
/** As long as a machine that swaps or is moved may stand still. */
const LONG_PAUSE_MS = 60_000;
const HAND_OVER_MS = 3_000;

/** What befalls the services of a running cell; the writer in office most of all. */
export const SERVICE_FAULTS: Faults = {
  'writer-killed': {
    chances: 4,
    happen: async ({ services }) => {
      await services.replace('tracker', await services.writer(), 'SIGKILL');
      return 1;
    },
  },
  'standby-killed': {
    chances: 1,
    happen: async ({ services }) => {
      await services.replace('tracker', await services.standby(), 'SIGKILL');
      return 1;
    },
  },
  'both-trackers-killed': {
    chances: 1,
    happen: async ({ services }) => {
      await Promise.all(services.trackers.map((tracker) => services.replace('tracker', tracker, 'SIGKILL')));
      return 2;
    },
  },
  'projector-killed': {
    chances: 2,
    happen: async ({ services, chance }) => {
      await services.replace('projector', chance.pick(services.projectors), 'SIGKILL');
      return 1;
    },
  },
  'writer-paused': {
    chances: 2,
    happen: async ({ services, chance }) => pause((await services.writer()).pid, pauseMs(chance)),
  },
  'projector-paused': {
    chances: 1,
    happen: async ({ services, chance }) => pause(chance.pick(services.projectors).pid, pauseMs(chance)),
  },
  'writer-stopped': {
    chances: 1,
    happen: async ({ services }) => {
      const end = await services.replace('tracker', await services.writer(), 'SIGTERM');
      if (end !== 0) {
        throw new Error(`a tracker that was told to end ended with ${end}`);
      }
      return 0;
    },
  },
  'office-handed-over': {
    chances: 1,
    happen: async ({ services: { at, cell } }) => {
      // After the death of a server the one who asks has to find another first.
      await until('an answer to the hand-over', async () => {
        const asked = at.bus.request(handOverSubject(cell), '{}', HAND_OVER_MS);
        return asked.then(
          () => true,
          () => undefined,
        );
      });
      return 0;
    },
  },
};

/** The writer stands still for a minute: meanwhile claims go on by another, and go on after it has come back. */
export async function pauseWriterForAMinute({ services, claimsGoOn }: Tortured): Promise<number> {
  const writer: ServiceUnderTest = await services.writer();
  const [killed] = await Promise.all([pause(writer.pid, LONG_PAUSE_MS), claimsGoOn()]);
  return killed;
}

/** One of the lengths of a pause. */
export function pauseMs(chance: Chance): number {
  return chance.pick(PAUSES_MS);
}

/** SIGSTOP, and SIGCONT after that time. */
export async function pause(pid: number, durationMs: number): Promise<number> {
  process.kill(pid, 'SIGSTOP');
  await delay(durationMs);
  process.kill(pid, 'SIGCONT');
  return 0;
}

/** As often as its chances say. */
export function chooseFault(chance: Chance, faults: Faults): string {
  return chance.pick(Object.entries(faults).flatMap(([name, { chances }]) => Array(chances).fill(name)));
}

/** Kills a server and starts it again. */
export function serverKilled(server: TestServer): Fault {
  return async () => {
    await server.kill();
    await server.restart();
    return 1;
  };
}

/** Kills a server and every service at once. */
export function allKilled(server: TestServer): Fault {
  return async ({ services }) => {
    const [killed] = await Promise.all([services.killAll(), server.kill()]);
    await server.restart();
    return killed + 1;
  };
}
