import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueryAnswers, type QueryReply, querySubject, writerSubject } from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import type { Bus } from '@fleetbook/messaging';
import { startTestServer, type TestServer } from '@fleetbook/messaging/testing';
import { createMetrics, type Metrics, parseConfig } from '@fleetbook/operations';
import { type MemoryLogger, memoryLogger } from '@fleetbook/operations/testing';
import { addNode, claimOf, foundHistory, type HistoryWriter, ONE_GPU, SCHEDULER } from '@fleetbook/projector/testing';
import type { Program } from '@fleetbook/service';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { start } from './start.ts';

interface Replica {
  readonly instanceId: string;
  readonly logger: MemoryLogger;
  readonly metrics: Metrics;
  stop(): Promise<void>;
}

let server: TestServer;
let stopServer: () => Promise<void>;
let bus: Bus;
let data: string;
const replicas: Replica[] = [];

beforeAll(async () => {
  ({ server, stop: stopServer } = await startTestServer());
  bus = await server.connect();
  data = await mkdtemp(join(tmpdir(), 'fleetbook-projector-'));
});

afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
});

afterAll(async () => {
  await stopServer();
  await rm(data, { recursive: true, force: true });
});

function openLog(cell: string): Promise<EventLog> {
  return openJetStreamLog({ connection: bus.connection, cell, create: true, appendTimeoutMs: 5_000 });
}

/** A history with two nodes in the log of a cell. */
async function found(cell: string): Promise<HistoryWriter> {
  const writer = await foundHistory(await openLog(cell), { cell, historyId: `history-of-${cell}` });
  addNode(writer, 'a');
  addNode(writer, 'b');
  await writer.flush();
  return writer;
}

/** The service in this process: what `runService` would do around it. */
async function startReplica(cell: string): Promise<Replica> {
  const config = parseConfig({
    FLEETBOOK_CELL: cell,
    FLEETBOOK_DATA: data,
    FLEETBOOK_NATS_URL: server.url,
    FLEETBOOK_NATS_USER: server.user,
    FLEETBOOK_NATS_PASSWORD: server.password,
    FLEETBOOK_HTTP_PORT: '0',
  });
  if (!config.ok) {
    throw new Error(config.error.message);
  }
  const steps: (() => Promise<void> | void)[] = [];
  const stopping = new AbortController();
  const logger = memoryLogger();
  const metrics = createMetrics();
  const instanceId = `replica-${replicas.length}`;
  const program: Program = {
    name: 'projector',
    config: config.value,
    logger,
    metrics,
    version: '0.0.0',
    processId: instanceId,
  };
  let hasStopped = false;
  const replica: Replica = {
    ...{ instanceId, logger, metrics },
    async stop() {
      if (!hasStopped) {
        hasStopped = true;
        stopping.abort();
        await started;
        for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
          await step();
        }
      }
    },
  };
  replicas.push(replica);
  const started = start(program, {
    stopping: stopping.signal,
    onStop: (_name, run) => void steps.push(run),
    fail: ({ message }) => logger.error(message),
  });
  return replica;
}

async function ask<Name extends keyof QueryAnswers>(
  cell: string,
  name: Name,
  body: object,
): Promise<QueryReply<QueryAnswers[Name]> | undefined> {
  const reply = await bus.request(querySubject(cell, name), JSON.stringify(body), 2_000);
  return reply.status === 'reply' ? JSON.parse(reply.payload.toString('utf8')) : undefined;
}

const PATIENT = { timeout: 60_000, interval: 20 };

async function untilServing(cell: string, number: number): Promise<void> {
  const atLeast = `history-of-${cell}.${number}`;
  await vi.waitFor(
    async () => expect(await ask(cell, 'nodes', { atLeast })).toMatchObject({ outcome: 'answer' }),
    PATIENT,
  );
}

describe('projector on a real server', () => {
  it('waits for the log, follows it, answers every query and leaves when stopped', async () => {
    const replica = await startReplica('early');
    const writer = await found('early');
    await untilServing('early', writer.bookmark.number);
    await writer.send(SCHEDULER, claimOf('a', 'i1', ONE_GPU, 'tenant-1'), 'claim-1');
    const atLeast = `history-of-early.${writer.bookmark.number}`;
    const questions = [
      ['node', { node: 'a' }, { claimCount: 1 }],
      ['nodes', {}, { nodes: [{ node: 'a' }, { node: 'b' }] }],
      ['instance', { instance: 'i1' }, { status: 'held', claim: { claimId: 'claim-1' } }],
      ['usage', { tenant: 'tenant-1' }, { claims: 1 }],
      ['capacity', { request: ONE_GPU }, { fits: 3 }],
      ['candidates', { request: ONE_GPU }, { candidates: [{ node: 'a' }, { node: 'b' }] }],
      ['outcome', { commandId: 'claim-1', role: 'scheduler', actor: SCHEDULER.id }, { status: 'recorded' }],
      ['history', { instance: 'i1' }, { events: [{ type: 'InstanceClaimed' }] }],
      ['health', {}, { service: 'projector', status: 'green', log: 'jetstream' }],
      ['digest', {}, { view: 'inventory', number: writer.bookmark.number }],
    ] as const;
    for (const [name, body, answer] of questions) {
      expect(await ask('early', name, { ...body, atLeast })).toMatchObject({
        outcome: 'answer',
        token: atLeast,
        answer,
      });
    }
    await replica.stop();
    expect((await bus.request(querySubject('early', 'nodes'), '{}', 2_000)).status).toBe('no-responders');
  });

  it('goes on from its checkpoint, and tells its lag by the heartbeat of the writer', async () => {
    const writer = await found('again');
    const first = await startReplica('again');
    await untilServing('again', writer.bookmark.number);
    await first.stop();
    const upTo = writer.bookmark.number;
    await writer.send(SCHEDULER, claimOf('a', 'late'));
    const second = await startReplica('again');
    await untilServing('again', writer.bookmark.number);
    expect(second.logger.lines).toContainEqual(expect.objectContaining({ message: 'checkpoint opened', number: upTo }));
    const head = { historyId: 'history-of-again', number: 1_000, hash: 'f'.repeat(64) };
    bus.publish(writerSubject('again'), JSON.stringify(head));
    const lag = 1_000 - writer.bookmark.number;
    await vi.waitFor(
      () => expect(second.metrics.expose()).toContain(`fleetbook_projection_lag_events{projection="inventory"} ${lag}`),
      PATIENT,
    );
  });

  it('shares the questions with other replicas, each with a directory of its own', async () => {
    const writer = await found('shared');
    const both = await Promise.all([startReplica('shared'), startReplica('shared')]);
    await untilServing('shared', writer.bookmark.number);
    await vi.waitFor(async () => {
      expect(await ask('shared', 'nodes', {})).toMatchObject({ outcome: 'answer' });
      for (const { metrics } of both) {
        expect(metrics.expose()).toContain('fleetbook_query_outcomes_total{query="nodes",outcome="answer"');
      }
    }, PATIENT);
    await both[0]?.stop();
    expect(await ask('shared', 'nodes', {})).toMatchObject({ outcome: 'answer' });
  });

  it('that cannot fold an event says in its health why, and marks its answers while nobody else answers', async () => {
    const writer = await found('poisoned');
    const replica = await startReplica('poisoned');
    await untilServing('poisoned', writer.bookmark.number);
    writer.forge({ type: 'NodeEnabled', schemaVersion: 1, data: {} }, enableGhost);
    await writer.flush();
    await vi.waitFor(async () => {
      expect(await ask('poisoned', 'nodes', {})).toMatchObject({ outcome: 'answer', stale: true });
    }, PATIENT);
    expect(await ask('poisoned', 'health', {})).toMatchObject({ answer: { status: 'red' } });
    expect(replica.logger.lines).toContainEqual(
      expect.objectContaining({ message: 'the fold has stopped', number: writer.bookmark.number }),
    );
  });
});

const enableGhost = {
  type: 'EnableNode',
  origin: { client: 'test', version: '0.0.0', host: 'localhost' },
  node: 'ghost',
} as const;
