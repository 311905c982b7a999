import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningServer, resolveNatsServer, startNatsServer } from '@fleetbook/messaging';
import { PROJECTOR_NODE_FLAGS } from '@fleetbook/operations';
import { Observed } from './observed.ts';
import { type ServiceProcess, startService } from './service.ts';
import { startTaskProcess, type TaskProcess } from './task-process.ts';
import { writeFleet } from './write-fleet.ts';

const CELL = 'bench';
/** What a new cell asks of its agents. */
const REPORT_INTERVAL_MS = 60_000;

/** A nats-server and a tracker with a fleet half full, and beside them the processes that make load. */
export interface BenchCell {
  readonly name: string;
  readonly nodes: number;
  readonly server: RunningServer;
  readonly tracker: ServiceProcess;
  /** Makes claims. */
  readonly load: TaskProcess;
  /** Every node reports its inventory once in `reportIntervalMs`, as long as the cell lives. */
  readonly agents: TaskProcess;
  readonly reportIntervalMs: number;
  /** Starts one when first asked; it stays until the cell ends. */
  echo(): Promise<TaskProcess>;
  projector(): Promise<ServiceProcess>;
  /** A second process that makes load beside the first. */
  asker(): Promise<TaskProcess>;
  /** A new one each time. */
  fold(): Promise<TaskProcess>;
  ceilings(): Promise<TaskProcess>;
  /** All its processes, also nats-server. */
  readonly observed: Observed;
  connectTask(): object;
}

export interface CellSettings {
  /** By default one that is good for a log that begins with the cell. */
  readonly name?: string;
  readonly nodes: number;
  /** Of its log at least, of claims and drops; by default it begins with the fleet. */
  readonly historyEvents?: number;
  /** Directory for the cell's own directory, on the disk to be measured. */
  readonly parent: string;
  readonly profile: string | undefined;
  /** The cell's policy; by default that of a new cell. */
  readonly reportIntervalMs?: number;
  /** Settings of the services that are not as usual. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Rejects when the benchmark is to end early. */
  readonly interrupted: Promise<never>;
}

export interface OpenCell {
  readonly cell: BenchCell;
  /** Ends every process of it and removes its data. */
  close(): Promise<void>;
}

/** Runs `work` on a cell of its own, and ends every process of it whatever happens. */
export async function withCell(settings: CellSettings, work: (cell: BenchCell) => Promise<void>): Promise<void> {
  const { cell, close } = await openCell(settings);
  try {
    await Promise.race([settings.interrupted, work(cell)]);
  } finally {
    await close();
  }
}

/** A cell whose fleet is registered, reported and filled by half. */
export async function openCell(settings: CellSettings): Promise<OpenCell> {
  await mkdir(settings.parent, { recursive: true });
  const directory = await mkdtemp(join(settings.parent, 'cell-'));
  const steps: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true, maxRetries: 5 })];
  const close = async (): Promise<void> => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await step();
    }
  };
  try {
    const cell = await startCell({ ...settings, directory }, steps);
    const { agents, reportIntervalMs, connectTask } = cell;
    await Promise.race([settings.interrupted, agents.run({ ...connectTask(), reportIntervalMs })]);
    return { cell, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface CellOptions extends Omit<CellSettings, 'parent' | 'interrupted'> {
  readonly directory: string;
}

async function startCell(options: CellOptions, steps: (() => Promise<unknown>)[]): Promise<BenchCell> {
  const { name: cell = CELL, nodes, historyEvents = 0, directory, profile } = options;
  const { reportIntervalMs = REPORT_INTERVAL_MS } = options;
  const environment = { FLEETBOOK_REPORT_INTERVAL_MS: String(reportIntervalMs), ...options.environment };
  const server = await startServer(directory);
  steps.push(() => server.stop());
  const observed = new Observed(directory);
  observed.add('nats-server', server.pid);

  async function serve(name: 'tracker' | 'projector'): Promise<ServiceProcess> {
    const pausesFile = observed.pausesOf(name);
    const service = await startService({ name, cell, directory, server, profile, environment, pausesFile });
    steps.push(() => service.stop());
    observed.add(name, service.pid);
    return service;
  }
  function startTask(name: string, flags: readonly string[] = []): TaskProcess {
    const entry = name === 'asker' ? 'load' : name;
    const path = fileURLToPath(new URL(`../load/${entry}-process.ts`, import.meta.url));
    const started = startTaskProcess(path, observed.pausesOf(name), flags);
    observed.add(name, started.pid);
    steps.push(() => started.stop());
    return started;
  }
  async function startConnected(name: string): Promise<TaskProcess> {
    const started = startTask(name);
    await started.run(connectTask());
    return started;
  }
  function connectTask(): object {
    const { url, access } = server;
    return { type: 'connect', url, cell, nodes, ...access };
  }

  // Two cores: what makes load gets ready while this process writes.
  const [load, agents] = [startTask('load'), startTask('agents')];
  const connected = load.run(connectTask());
  connected.catch(() => undefined);
  await writeFleet({ server, cell, nodes, historyEvents, environment });
  const tracker = await serve('tracker');
  await connected;
  return {
    ...{ name: cell, nodes, server, tracker, load, agents, reportIntervalMs, observed, connectTask },
    echo: once(() => startConnected('echo')),
    asker: once(() => startConnected('asker')),
    projector: once(() => serve('projector')),
    fold: async () => startTask('fold', PROJECTOR_NODE_FLAGS),
    ceilings: async () => startTask('ceilings'),
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export async function startServer(directory: string): Promise<RunningServer> {
  const binary = await resolveNatsServer({ configured: process.env['FLEETBOOK_NATS_SERVER'] });
  if (!binary.ok) {
    throw new Error(binary.error.message);
  }
  const started = await startNatsServer({ binary: binary.value.path, dataDirectory: directory });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  return started.value;
}
