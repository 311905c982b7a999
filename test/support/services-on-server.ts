import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import type { QueryAnswers, QueryBodies } from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import type { Bus, ServerLimits } from '@fleetbook/messaging';
import { startTestServer, type TestServer } from '@fleetbook/messaging/testing';
import { QUICK_RETRIES, TEST_CLIENT } from './fleet.ts';
import { type LogReading, readWholeLog } from './log-reading.ts';
import { type ServiceUnderTest, spawnService } from './service-under-test.ts';
import { until } from './until.ts';

/** A nats-server, and services of any number of cells on it that a test starts and ends one by one. */
export interface ServicesOnServer {
  readonly server: TestServer;
  readonly bus: Bus;
  /** Data directory of every service. */
  readonly directory: string;
  spawn(name: 'tracker' | 'projector', cell: string, settings?: Readonly<Record<string, string>>): ServiceUnderTest;
  connect(cell: string): Promise<Fleetbook>;
  /** Asks until there is an answer. */
  ask<Name extends keyof QueryAnswers>(
    cell: string,
    name: Name,
    body: QueryBodies[Name],
  ): Promise<{ readonly token: string; readonly answer: QueryAnswers[Name] }>;
  openLog(cell: string, create?: boolean): Promise<EventLog>;
  readLog(cell: string): Promise<LogReading>;
  stop(): Promise<void>;
}

const APPEND_TIMEOUT_MS = 2_000;

export async function startServicesOnServer(limits: ServerLimits = {}): Promise<ServicesOnServer> {
  const { server, stop: stopServer } = await startTestServer({ limits });
  const directory = await mkdtemp(join(tmpdir(), 'fleetbook-services-'));
  const bus = await server.connect();
  const services: ServiceUnderTest[] = [];
  const connections = new Map<string, Fleetbook>();
  const access = { servers: [server.url], user: server.user, password: server.password };

  async function connect(cell: string): Promise<Fleetbook> {
    const known = connections.get(cell);
    const options = { ...access, cell, client: TEST_CLIENT, ...QUICK_RETRIES };
    const fleetbook = known ?? (await connectFleetbook(options));
    connections.set(cell, fleetbook);
    return fleetbook;
  }

  function openLog(cell: string, create = false): Promise<EventLog> {
    return openJetStreamLog({ connection: bus.connection, cell, create, appendTimeoutMs: APPEND_TIMEOUT_MS });
  }

  return {
    ...{ server, bus, directory, connect, openLog },
    spawn(name, cell, settings) {
      const service = spawnService(name, {
        FLEETBOOK_CELL: cell,
        FLEETBOOK_DATA: directory,
        FLEETBOOK_NATS_URL: server.url,
        FLEETBOOK_NATS_USER: server.user,
        FLEETBOOK_NATS_PASSWORD: server.password,
        FLEETBOOK_NATS_MONITORING_URL: server.monitoringUrl,
        ...settings,
      });
      services.push(service);
      return service;
    },
    async ask(cell, name, body) {
      const client = (await connect(cell)).as('operator', 'e2e');
      return until(`an answer to ${name} in ${cell}`, async () => {
        const reply = await client.ask(name, body, { timeoutMs: 1_000 });
        return reply.outcome === 'answer' ? reply : undefined;
      });
    },
    async readLog(cell) {
      const log = await openLog(cell);
      try {
        return await readWholeLog(log);
      } finally {
        await log.close();
      }
    },
    async stop() {
      await Promise.all(services.map((service) => service.stop()));
      await Promise.all([...connections.values()].map((fleetbook) => fleetbook.close()));
      await stopServer();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
