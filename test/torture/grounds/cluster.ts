import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { startTestCluster, type TestCluster } from '@fleetbook/event-log/jetstream/testing';
import { killAtExit } from '@fleetbook/messaging';
import type { ServicesAt } from '../../support/services-at.ts';
import { until } from '../../support/until.ts';
import { type ForgetfulDiskOrNot, makeForgetfulDisk } from '../disks/forgetful-disk.ts';
import { type Fault, type Faults, pause, pauseMs } from '../faults.ts';
import type { Ground } from './ground.ts';

const CELL = 'torture';
const STREAM = `FLEETBOOK_${CELL}_0001`;
const REPLICAS = 3;
const ELECTION_MS = 60_000;
const REQUEST_MS = 1_000;

/** Three nats-servers, each with a copy of the log, all on a disk whose power can be cut where we can make one. */
export async function startCluster(): Promise<Ground> {
  const made = await makeForgetfulDisk();
  const cluster = await startTestCluster(made.ok ? made.disk.path : undefined);
  const forget = killAtExit(() => {
    for (const name of cluster.names) {
      process.kill(cluster.pidOf(name), 'SIGKILL');
    }
  });
  // Whoever comes next does not wait for servers that have only been started.
  await (await cluster.connect()).close();
  return {
    name: 'cluster',
    cell: CELL,
    place: { servers: cluster.servers.map((server) => `nats://${server}`), settings: () => ({}) },
    faults: { ...faultsOf(cluster), ...powerCutOf(cluster, made) },
    leftOut: [
      ...(made.ok ? [] : [{ fault: 'power-cut', reason: made.reason }]),
      {
        fault: 'flipped bit',
        reason: 'of one copy of three: packages/event-log/src/jetstream/damaged-copy.int.test.ts',
      },
    ],
    prepare: makeStream,
    async stop() {
      await cluster.dispose();
      forget();
      await (made.ok ? made.disk.dispose() : undefined);
    },
  };
}

/** The services make a stream of one copy where there is none. */
async function makeStream({ bus: { connection } }: ServicesAt): Promise<void> {
  const options = { connection, cell: CELL, create: true, replicas: REPLICAS, appendTimeoutMs: REQUEST_MS };
  const make = () => openJetStreamLog(options).catch(() => undefined);
  const log = await until('the stream of three copies', make, ELECTION_MS);
  await log.close();
}

function faultsOf(cluster: TestCluster): Faults {
  const killUntilClaimsGoOn =
    (choose: (leader: string) => readonly string[]): Fault =>
    async ({ services, claimsGoOn }) => {
      const names = choose(await leaderOf(services.at, cluster));
      await Promise.all(names.map((name) => cluster.stop(name, 'SIGKILL')));
      await claimsGoOn();
      names.map((name) => cluster.start(name));
      return names.length;
    };
  const killAndStart =
    (choose: (leader: string) => readonly string[]): Fault =>
    async ({ services }) => {
      const names = choose(await leaderOf(services.at, cluster));
      await Promise.all(names.map((name) => cluster.stop(name, 'SIGKILL')));
      names.map((name) => cluster.start(name));
      return names.length;
    };
  const others = (leader: string) => cluster.names.filter((name) => name !== leader);
  return {
    'leader-killed': { chances: 4, happen: killUntilClaimsGoOn((leader) => [leader]) },
    'leader-killed-and-back': { chances: 2, happen: killAndStart((leader) => [leader]) },
    'follower-killed': { chances: 1, happen: killUntilClaimsGoOn((leader) => others(leader).slice(0, 1)) },
    'majority-killed': { chances: 1, happen: killAndStart((leader) => [leader, ...others(leader).slice(0, 1)]) },
    'all-servers-killed': { chances: 1, happen: killAndStart(() => cluster.names) },
    'leader-paused': {
      chances: 2,
      happen: async ({ services, chance }) =>
        pause(cluster.pidOf(await leaderOf(services.at, cluster)), pauseMs(chance)),
    },
  };
}

function powerCutOf(cluster: TestCluster, made: ForgetfulDiskOrNot): Faults {
  if (!made.ok) {
    return {};
  }
  const happen: Fault = async () => {
    await Promise.all(cluster.names.map((name) => cluster.stop(name, 'SIGKILL')));
    await made.disk.cutPower();
    cluster.names.map((name) => cluster.start(name));
    return cluster.names.length;
  };
  return { 'power-cut': { chances: 1, happen } };
}

/** Who leads the stream now; waits until somebody does. */
function leaderOf({ bus }: ServicesAt, cluster: TestCluster): Promise<string> {
  const ask = async (): Promise<string | undefined> => {
    const reply = await bus.request(`$JS.API.STREAM.INFO.${STREAM}`, '', REQUEST_MS).catch(() => undefined);
    const leader = reply?.status === 'reply' ? Object(JSON.parse(String(reply.payload))).cluster?.leader : undefined;
    return cluster.names.find((name) => name === leader);
  };
  return until('a leader of the stream', ask, ELECTION_MS);
}
