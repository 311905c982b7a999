import { randomUUID } from 'node:crypto';
import { openEventStoreLog } from '@fleetbook/event-log/eventstoredb';
import { startTestServer } from '@fleetbook/messaging/testing';
import { placeOf } from '../../support/services-on-server.ts';
import { allKilled, type Faults, pause, pauseMs, serverKilled } from '../faults.ts';
import type { Ground, LeftOut } from './ground.ts';

const NOT_OURS = 'the EventStoreDB is not ours to end: only the services and the bus are killed';

export interface EventStoreToTorture {
  /** FLEETBOOK_TEST_EVENTSTORE_URL: `esdb://…` */
  readonly connectionString: string;
  /** FLEETBOOK_TEST_EVENTSTORE_PID: its process, where it runs on this machine and may be paused. */
  readonly pid: number | undefined;
}

/** The log in an EventStoreDB that somebody else runs, in a stream of this run's own; a nats-server for the bus. */
export async function startOnEventStore({ connectionString, pid }: EventStoreToTorture): Promise<Ground> {
  const { server, stop } = await startTestServer();
  const ofServer = placeOf(server);

  const faults: Faults = {
    'bus-killed': { chances: 2, happen: serverKilled(server) },
    'all-killed': { chances: 1, happen: allKilled(server) },
  };
  const pauseOf = (paused: number): Faults => ({
    'log-paused': { chances: 2, happen: ({ chance }) => pause(paused, pauseMs(chance)) },
  });
  const leftOut: readonly LeftOut[] = [
    ...['server-killed', 'power-cut', 'flipped bit'].map((fault) => ({ fault, reason: NOT_OURS })),
    ...(pid === undefined ? [{ fault: 'log-paused', reason: 'FLEETBOOK_TEST_EVENTSTORE_PID is not set' }] : []),
  ];

  return {
    name: 'EventStoreDB',
    cell: `torture-${randomUUID().slice(0, 8)}`,
    place: {
      ...ofServer,
      settings: () => ({ ...ofServer.settings(), FLEETBOOK_LOG: connectionString }),
      openLog: (cell) => openEventStoreLog({ connectionString, cell }),
    },
    faults: { ...faults, ...(pid === undefined ? {} : pauseOf(pid)) },
    leftOut,
    stop,
  };
}
