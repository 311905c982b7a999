import { startTestServer } from '@fleetbook/messaging/testing';
import { placeOf } from '../../support/services-on-server.ts';
import { makeForgetfulDisk } from '../disks/forgetful-disk.ts';
import { makeLazyServer } from '../disks/lazy-server.ts';
import { allKilled, type Fault, type Faults, pause, pauseMs, serverKilled } from '../faults.ts';
import { flipByte } from '../flip-byte.ts';
import type { Ground } from './ground.ts';

const CELL = 'torture';

/** One nats-server, on a disk whose power can be cut where this machine lets us make one. */
export async function startOneServer({ isLazy }: { readonly isLazy: boolean }): Promise<Ground> {
  const made = await makeForgetfulDisk();
  const lazy = isLazy ? await makeLazyServer() : undefined;
  const { server, stop } = await startTestServer({
    ...(made.ok ? { dataDirectory: made.disk.path } : {}),
    ...(lazy === undefined ? {} : { binary: lazy.binary }),
  });

  const faults: Faults = {
    'server-killed': { chances: 2, happen: serverKilled(server) },
    'all-killed': { chances: 1, happen: allKilled(server) },
    'server-paused': { chances: 1, happen: ({ chance }) => pause(server.pid, pauseMs(chance)) },
  };
  const powerCut: Fault = async () => {
    await server.kill();
    if (made.ok) {
      await made.disk.cutPower();
    }
    await server.restart();
    return 1;
  };

  return {
    name: 'one server',
    cell: CELL,
    // A tracker that is told where to ask refuses a lazy server at once.
    place: isLazy ? { ...placeOf(server), settings: () => ({}) } : placeOf(server),
    faults: made.ok ? { ...faults, 'power-cut': { chances: 2, happen: powerCut } } : faults,
    leftOut: made.ok ? [] : [{ fault: 'power-cut', reason: made.reason }],
    finish: (services) => flipByte(services, server),
    async stop() {
      await stop();
      await lazy?.dispose();
      await (made.ok ? made.disk.dispose() : undefined);
    },
  };
}
