import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAll } from '../contract/recorder.ts';
import { appendAll, createSampleWriter } from '../contract/sample-commits.ts';
import { type EncodedCommit, type EventLog, ORIGIN } from '../port.ts';
import { openJetStreamLog } from './jetstream-log.ts';
import { startTestCluster, type TestCluster } from './testing/nats-cluster.ts';

const COMMITS = 60;
const START_MS = 30_000;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster();
});

afterAll(() => cluster?.dispose());

const times = { appendTimeoutMs: 2_000, requestTimeoutMs: 2_000, heartbeatMs: 200 };

async function repeat<Value>(what: string, attempt: () => Promise<Value | undefined>): Promise<Value> {
  const endMs = performance.now() + START_MS;
  let last: unknown;
  while (performance.now() < endMs) {
    try {
      const value = await attempt();
      if (value !== undefined) {
        return value;
      }
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`in vain: ${what}`, { cause: last });
}

function flipByte(name: string, commit: EncodedCommit | undefined): void {
  const block = join(cluster.storeOf(name), 'jetstream/$G/streams/FLEETBOOK_main_0001/msgs/1.blk');
  const bytes = readFileSync(block);
  const offset = bytes.indexOf(commit?.eventTexts[0] ?? 'none');
  expect(offset).toBeGreaterThan(0);
  bytes.writeUInt8(bytes.readUInt8(offset + 20) ^ 4, offset + 20);
  writeFileSync(block, bytes);
}

it('a byte flipped in one of three copies is read again from the leader, and the copy is named', async () => {
  const connection = await cluster.connect();
  const open = (): Promise<EventLog> =>
    openJetStreamLog({ connection, cell: 'main', create: true, replicas: 3, ...times });
  const log = await repeat('the stream is made', open);
  const writer = createSampleWriter();
  const commits = Array.from({ length: COMMITS }, () => writer.next());
  await appendAll(log, commits);
  const manager = await connection.jetstreamManager();
  const leader = (await manager.streams.info('FLEETBOOK_main_0001')).cluster?.leader;
  const follower = cluster.names.find((name) => name !== leader) ?? '';
  await cluster.stop(follower);
  flipByte(follower, commits[COMMITS / 2]);
  cluster.start(follower);
  await repeat('the follower is current', async () => {
    const { cluster: state } = await manager.streams.info('FLEETBOOK_main_0001');
    return state?.replicas?.every(({ current }) => current) === true ? true : undefined;
  });
  const damaged = await repeat('a reading by the damaged copy', async () => {
    const read = await readAll(log, ORIGIN);
    expect(read.map(({ text }) => text)).toEqual(commits.map(({ bytes }) => bytes.toString()));
    return log.damagedCopy;
  });
  expect(damaged).toMatchObject({ server: follower, position: COMMITS / 2 + 1 });
});
