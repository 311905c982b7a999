import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CommandReply,
  commandSubject,
  encodeCommandMessage,
  type FleetbookError,
  type QueryReply,
  querySubject,
  type WriterAnswer,
} from '@fleetbook/contracts';
import { apply, type Command, canonicalRecords, emptyLedger } from '@fleetbook/domain';
import { createDigest, ORIGIN } from '@fleetbook/event-log';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import type { Bus, Payload } from '@fleetbook/messaging';
import { startTestServer, type TestServer } from '@fleetbook/messaging/testing';
import { createMetrics, parseConfig } from '@fleetbook/operations';
import { memoryLogger } from '@fleetbook/operations/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './start.ts';

const origin = { client: 'test', version: '0', host: 'here' };
const WAIT_MS = 60_000;

let server: TestServer;
let data: string;
let stopServer: () => Promise<void>;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  ({ server, stop: stopServer } = await startTestServer());
  data = await mkdtemp(join(tmpdir(), 'fleetbook-tracker-'));
});

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await stopServer();
  await rm(data, { recursive: true, force: true });
});

/** The service in this process, without the signals: what `runService` would do around it. */
async function startTracker(cell: string) {
  const config = parseConfig({
    FLEETBOOK_CELL: cell,
    FLEETBOOK_DATA: data,
    FLEETBOOK_NATS_URL: server.url,
    FLEETBOOK_NATS_USER: server.user,
    FLEETBOOK_NATS_PASSWORD: server.password,
    FLEETBOOK_NATS_MONITORING_URL: server.monitoringUrl,
    FLEETBOOK_HTTP_PORT: 'off',
  });
  if (!config.ok) {
    throw new Error(config.error.message);
  }
  const steps: (() => Promise<void> | void)[] = [];
  const failures: FleetbookError[] = [];
  const stopping = new AbortController();
  const logger = memoryLogger();
  const metrics = createMetrics();
  const writer = randomUUID();
  const started = await start(
    { config: config.value, logger, metrics, version: '0.0.0', name: 'tracker', processId: writer },
    {
      stopping: stopping.signal,
      onStop: (_name, run) => void steps.push(run),
      fail: (failure) => void failures.push(failure),
    },
  );
  expect(started.ok).toBe(true);
  const stop = async () => {
    stopping.abort();
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await step();
    }
  };
  stops.push(stop);
  return { writer, logger, metrics, failures, stop };
}

/** Sends the same bytes until somebody answers. */
async function ask<Answer>(bus: Bus, subject: string, payload: Payload): Promise<Answer> {
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    const reply = await bus.request(subject, payload, 1_000);
    if (reply.status === 'reply') {
      return JSON.parse(reply.payload.toString('utf8'));
    }
    await delay(20);
  }
  throw new Error(`no answer on ${subject}`);
}

function send(bus: Bus, cell: string, commandId: string, command: Command): Promise<CommandReply> {
  const actor = { role: 'agent', id: 'agent-1' } as const;
  const subject = commandSubject(cell, actor.role, actor.id, command.type);
  return ask(bus, subject, encodeCommandMessage({ commandId, issuedAt: Date.now(), actor, command }));
}

async function writerOf(bus: Bus, cell: string): Promise<WriterAnswer> {
  const reply = await ask<QueryReply<WriterAnswer>>(bus, querySubject(cell, 'writer'), '');
  if (reply.outcome !== 'answer') {
    throw new Error(JSON.stringify(reply));
  }
  return reply.answer;
}

async function readBack(bus: Bus, cell: string): Promise<{ readonly digest: string; readonly commandIds: string[] }> {
  const log = await openJetStreamLog({ connection: bus.connection, cell, create: false, appendTimeoutMs: 1_000 });
  const ledger = emptyLedger();
  const digest = createDigest();
  const commandIds: string[] = [];
  for await (const commits of log.read(ORIGIN)) {
    for (const event of commits.flatMap(({ events }) => events)) {
      apply(ledger, event);
      if (event.issuedAt !== undefined) {
        commandIds.push(event.commandId);
      }
    }
  }
  for (const text of canonicalRecords(ledger)) {
    digest.add(text);
  }
  await log.close();
  return { digest: digest.hex(), commandIds };
}

const registerNode = (node: string): Command => ({ type: 'RegisterNode', origin, node, bootId: 'boot-1' });

describe('tracker on a real server', () => {
  it('shows from its start what it counts seldom: a count that appears only then has no increase', async () => {
    const { metrics } = await startTracker('counted');
    const text = metrics.expose();
    for (const what of ['nats_reconnects', 'handler_failures', 'commands_quarantined', 'checkpoints_written']) {
      expect(text).toContain(`\nfleetbook_${what}_total 0\n`);
    }
  });

  it('leaves office to one of two, and the other takes over with every outcome', async () => {
    const cell = 'pair';
    const trackers = await Promise.all([startTracker(cell), startTracker(cell)]);
    const bus = await server.connect();
    const first = await writerOf(bus, cell);
    const issuedAt = Date.now();
    const actor = { role: 'agent', id: 'agent-1' } as const;
    const payload = encodeCommandMessage({ commandId: 'register', issuedAt, actor, command: registerNode('node-1') });
    const subject = commandSubject(cell, actor.role, actor.id, 'RegisterNode');
    const reply = await ask<CommandReply>(bus, subject, payload);
    expect(reply).toMatchObject({ outcome: 'accepted', commandId: 'register' });

    await trackers.find(({ writer }) => writer === first.writer)?.stop();
    const second = await writerOf(bus, cell);
    expect(second.writer).not.toBe(first.writer);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(await ask<CommandReply>(bus, subject, payload)).toEqual(reply);
    const { digest, commandIds } = await readBack(bus, cell);
    expect(second).toMatchObject({ digest, durability: 'verified', log: 'jetstream' });
    expect(commandIds).toEqual(['register']);
    expect(trackers.flatMap(({ failures }) => failures)).toEqual([]);
  });

  it('keeps every acknowledged outcome, once, over the death of the server', async () => {
    const cell = 'crash';
    const tracker = await startTracker(cell);
    const bus = await server.connect();
    const commandIds = Array.from({ length: 200 }, (_, index) => `register-${index}`);
    await send(bus, cell, 'first', registerNode('first'));
    const replies = Promise.all(commandIds.map((id) => send(bus, cell, id, registerNode(id))));
    await server.kill();
    await server.restart();
    expect(new Set((await replies).map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
    const readBackIds = (await readBack(bus, cell)).commandIds;
    expect([...readBackIds].sort()).toEqual(['first', ...commandIds].sort());
    expect(tracker.failures).toEqual([]);
    expect((await writerOf(bus, cell)).epoch).toBe(1);
  });
});
