import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCell, startCell } from '@fleetbook/cli/run';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import {
  type DigestAnswer,
  type FleetbookError,
  formatToken,
  parseToken,
  type WriterAnswer,
} from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { openEventStoreLog } from '@fleetbook/event-log/eventstoredb';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { type Bus, connectBus } from '@fleetbook/messaging';
import { parseConfig } from '@fleetbook/operations';
import { QUICK_RETRIES, TEST_CLIENT } from './fleet.ts';
import { type LogReading, readWholeLog } from './log-reading.ts';
import { processEnvironment } from './process-environment.ts';
import { PROGRAMS } from './programs.ts';
import { until } from './until.ts';

export interface CellChoice {
  readonly name?: string;
  /** A directory to go on with; it stays after `stop`. Default: a fresh one that goes. */
  readonly directory?: string;
  /** Of nats-server; by default a free one. */
  readonly port?: number;
  /** Settings of the services. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** nats-server, tracker and projector as processes under their supervisor, and connections to them. */
export interface CellUnderTest {
  readonly name: string;
  readonly directory: string;
  readonly running: RunningCell;
  readonly fleetbook: Fleetbook;
  readonly bus: Bus;
  /** The settings a further service of this cell needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Opens the log, reads all of it and closes it again. */
  readLog(): Promise<LogReading>;
  openLog(): Promise<EventLog>;
  /** The digests at the log's end: asked from projector and tracker, and of both folds of the log read back. */
  digests(): Promise<Digests>;
  writer(): Promise<WriterAnswer>;
  /** The token of the last event that the tracker has decided: a question that asks for it sees all that was done. */
  now(): Promise<string>;
  /** What a service has logged, of all its runs. */
  logOf(service: 'tracker' | 'projector'): Promise<string>;
  stop(): Promise<void>;
}

export interface Digests {
  readonly number: number;
  readonly projector: string;
  readonly tracker: string;
  readonly replay: string;
  readonly reference: string;
}

/** The way `fleetbook up` starts a cell; undefined unless it could be started. */
export async function tryStartCell(
  choice: CellChoice & { readonly directory: string },
): Promise<{ readonly cell: RunningCell } | { readonly error: FleetbookError }> {
  const environment = settingsOf(choice);
  const config = parseConfig(environment);
  if (!config.ok) {
    throw new Error(config.error.message);
  }
  const { directory, port = 0 } = choice;
  const cell = nameOf(choice);
  const started = await startCell({ directory, cell, config: config.value, environment, port, programs: PROGRAMS });
  return started.ok ? { cell: started.value } : { error: started.error };
}

/** Starts a cell and waits until its tracker is in office and its projector answers. */
export async function startCellUnderTest(choice: CellChoice = {}): Promise<CellUnderTest> {
  const directory = choice.directory ?? (await mkdtemp(join(tmpdir(), 'fleetbook-e2e-')));
  const started = await tryStartCell({ ...choice, directory });
  if ('error' in started) {
    throw new Error(JSON.stringify(started.error));
  }
  const running = started.cell;
  const { user, password, natsUrl } = running.endpoint;
  const access = { servers: [natsUrl], user, password };
  await Promise.all([running.tracker.whenReady(), running.projector.whenReady()]);
  const name = nameOf(choice);
  const bus = await connectBus({ ...access, name: 'e2e' });
  const fleetbook = await connectFleetbook({ ...access, cell: name, client: TEST_CLIENT, ...QUICK_RETRIES });
  const connections: Connections = { name, bus, fleetbook, log: choice.environment?.['FLEETBOOK_LOG'] };
  return {
    ...{ name, directory, running, fleetbook, bus },
    environment: {
      ...settingsOf(choice),
      FLEETBOOK_CELL: name,
      FLEETBOOK_DATA: directory,
      FLEETBOOK_NATS_URL: natsUrl,
      FLEETBOOK_NATS_MONITORING_URL: running.endpoint.monitoringUrl ?? '',
      FLEETBOOK_NATS_USER: user ?? '',
      FLEETBOOK_NATS_PASSWORD: password ?? '',
    },
    readLog: () => readLog(connections),
    openLog: () => openLog(connections),
    digests: () => digestsOf(connections),
    writer: () => writerOf(fleetbook),
    now: async () => tokenOf(await writerOf(fleetbook)),
    logOf: (service) => readFile(running[service].logFile, 'utf8'),
    async stop() {
      await fleetbook.close();
      await bus.close();
      await running.stop();
      if (choice.directory === undefined) {
        await rm(directory, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

interface Connections {
  readonly name: string;
  readonly bus: Bus;
  readonly fleetbook: Fleetbook;
  /** FLEETBOOK_LOG. */
  readonly log: string | undefined;
}

const APPEND_TIMEOUT_MS = 2_000;

function nameOf({ name = 'main' }: CellChoice): string {
  return name;
}

function settingsOf({ environment }: CellChoice): Record<string, string> {
  return { ...processEnvironment(), ...environment };
}

function openLog({ name, bus, log }: Connections): Promise<EventLog> {
  return log === undefined || log === 'jetstream'
    ? openJetStreamLog({ connection: bus.connection, cell: name, create: false, appendTimeoutMs: APPEND_TIMEOUT_MS })
    : openEventStoreLog({ connectionString: log, cell: name });
}

async function readLog(connections: Connections): Promise<LogReading> {
  const log = await openLog(connections);
  try {
    return await readWholeLog(log);
  } finally {
    await log.close();
  }
}

function writerOf(fleetbook: Fleetbook): Promise<WriterAnswer> {
  const client = fleetbook.as('operator', 'e2e');
  return until('an answer of the tracker in office', async () => {
    const reply = await client.ask('writer', {}, { timeoutMs: 1_000 });
    return reply.outcome === 'answer' ? reply.answer : undefined;
  });
}

/** Of a cell nobody commands meanwhile: asked until projector and tracker stand at the log's end. */
async function digestsOf(connections: Connections): Promise<Digests> {
  const { fleetbook } = connections;
  const client = fleetbook.as('operator', 'e2e');
  const tracker = await writerOf(fleetbook);
  const atLeast = tokenOf(tracker);
  const projector = await until('the digest of the projector', async () => {
    const reply = await client.ask('digest', { atLeast }, { timeoutMs: 2_000 });
    return reply.outcome === 'answer' && parseToken(reply.token)?.number === tracker.number ? reply.answer : undefined;
  });
  const { end, replay, reference } = await readLog(connections);
  return { number: sameNumber(tracker, projector, end.number), ...texts(tracker, projector), replay, reference };
}

function tokenOf({ historyId, number }: WriterAnswer): string {
  return formatToken(historyId, number);
}

function texts(tracker: WriterAnswer, projector: DigestAnswer): Pick<Digests, 'tracker' | 'projector'> {
  return { tracker: tracker.digest, projector: projector.digest };
}

function sameNumber(tracker: WriterAnswer, projector: DigestAnswer, number: number): number {
  if (tracker.number !== number || projector.number !== number) {
    throw new Error(`the tracker is at ${tracker.number}, the projector at ${projector.number}, the log at ${number}`);
  }
  return number;
}
