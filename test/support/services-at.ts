import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import type { QueryAnswers, QueryBodies } from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { type Bus, connectBus } from '@fleetbook/messaging';
import { QUICK_RETRIES, TEST_CLIENT } from './fleet.ts';
import { type LogReading, readWholeLog } from './log-reading.ts';
import { type ServiceUnderTest, spawnService } from './service-under-test.ts';
import { until } from './until.ts';

/** Where services work: servers that somebody else starts and stops. */
export interface Place {
  readonly servers: readonly string[];
  readonly user?: string;
  readonly password?: string;
  /** Further settings of every service, asked for whenever one starts. */
  readonly settings: () => Readonly<Record<string, string>>;
  /** By default the log is a stream of the servers. */
  readonly openLog?: (cell: string) => Promise<EventLog>;
}

/** Services of any number of cells at one place, that a test starts and ends one by one. */
export interface ServicesAt {
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
const ASK_TIMEOUT_MS = 1_000;

export async function startServicesAt(place: Place): Promise<ServicesAt> {
  const { servers, user, password } = place;
  const access = { servers, ...(user === undefined || password === undefined ? {} : { user, password }) };
  const directory = await mkdtemp(join(tmpdir(), 'fleetbook-services-'));
  const bus = await connectBus({ ...access, name: 'test' });
  const services: ServiceUnderTest[] = [];
  const connections = new Map<string, Fleetbook>();

  async function connect(cell: string): Promise<Fleetbook> {
    const known = connections.get(cell);
    const options = { ...access, cell, client: TEST_CLIENT, ...QUICK_RETRIES };
    const fleetbook = known ?? (await connectFleetbook(options));
    connections.set(cell, fleetbook);
    return fleetbook;
  }

  function openLog(cell: string, create = false): Promise<EventLog> {
    const options = { connection: bus.connection, cell, create, appendTimeoutMs: APPEND_TIMEOUT_MS };
    return place.openLog?.(cell) ?? openJetStreamLog(options);
  }

  return {
    ...{ bus, directory, connect, openLog },
    spawn(name, cell, settings) {
      const service = spawnService(name, {
        FLEETBOOK_CELL: cell,
        FLEETBOOK_DATA: directory,
        FLEETBOOK_NATS_URL: servers.join(','),
        FLEETBOOK_NATS_USER: user ?? '',
        FLEETBOOK_NATS_PASSWORD: password ?? '',
        ...place.settings(),
        ...settings,
      });
      services.push(service);
      return service;
    },
    async ask(cell, name, body) {
      const client = (await connect(cell)).as('operator', 'e2e');
      return until(`an answer to ${name} in ${cell}`, async () => {
        const reply = await client.ask(name, body, { timeoutMs: ASK_TIMEOUT_MS });
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
      await bus.close(ASK_TIMEOUT_MS);
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
