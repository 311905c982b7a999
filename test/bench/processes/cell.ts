import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningServer, resolveNatsServer, startNatsServer } from '@fleetbook/messaging';
import { cpuSecondsOf } from './cpu-time.ts';
import { type ServiceProcess, startService } from './service.ts';
import { startTaskProcess, type TaskProcess } from './task-process.ts';

const CELL = 'bench';
/** What a new cell asks of its agents. */
const REPORT_INTERVAL_MS = 60_000;

/** Processor time in seconds, by the name of the process. */
export type CpuTimes = Readonly<Record<string, number>>;

/** A nats-server and a tracker with a fleet half full, and beside them the processes that make load. */
export interface BenchCell {
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
  fold(): Promise<TaskProcess>;
  stopServices(): Promise<void>;
  /** What `work` costs each process. */
  cpuOf<Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly cpu: CpuTimes }>;
  connectTask(): object;
}

export interface CellSettings {
  readonly nodes: number;
  /** Directory for the cell's own directory, on the disk to be measured. */
  readonly parent: string;
  readonly profile: string | undefined;
  /** The cell's policy; by default that of a new cell. */
  readonly reportIntervalMs?: number;
  /** Rejects when the benchmark is to end early. */
  readonly interrupted: Promise<never>;
}

/** Runs `work` on a cell of its own, and ends every process of it whatever happens. */
export async function withCell(settings: CellSettings, work: (cell: BenchCell) => Promise<void>): Promise<void> {
  await mkdir(settings.parent, { recursive: true });
  const directory = await mkdtemp(join(settings.parent, 'cell-'));
  const steps: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true, maxRetries: 5 })];
  try {
    const cell = await startCell({ ...settings, directory }, steps);
    await Promise.race([settings.interrupted, useCell(cell, work)]);
  } finally {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await step();
    }
  }
}

async function useCell(cell: BenchCell, work: (cell: BenchCell) => Promise<void>): Promise<void> {
  const { load, agents } = cell;
  await load.run(cell.connectTask());
  await load.run({ type: 'register' });
  await agents.run({ ...cell.connectTask(), reportIntervalMs: cell.reportIntervalMs });
  await load.run({ type: 'fill' });
  await work(cell);
}

interface CellOptions extends Pick<CellSettings, 'nodes' | 'profile' | 'reportIntervalMs'> {
  readonly directory: string;
}

async function startCell(options: CellOptions, steps: (() => Promise<unknown>)[]): Promise<BenchCell> {
  const { nodes, directory, profile, reportIntervalMs = REPORT_INTERVAL_MS } = options;
  const server = await startServer(directory);
  steps.push(() => server.stop());
  const services: ServiceProcess[] = [];
  steps.push(() => stopServices());
  const pids = new Map([['nats-server', server.pid]]);

  async function serve(name: 'tracker' | 'projector'): Promise<ServiceProcess> {
    const service = await startService({ name, cell: CELL, directory, server, profile, reportIntervalMs });
    services.push(service);
    pids.set(name, service.pid);
    return service;
  }
  async function stopServices(): Promise<void> {
    for (let service = services.pop(); service !== undefined; service = services.pop()) {
      pids.delete(service.name);
      await service.stop();
    }
  }
  function startTask(name: string): TaskProcess {
    const entry = name === 'load' || name === 'asker' ? 'load' : name;
    const started = startTaskProcess(fileURLToPath(new URL(`../load/${entry}-process.ts`, import.meta.url)));
    pids.set(name, started.pid);
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
    return { type: 'connect', url, cell: CELL, nodes, ...access };
  }

  const tracker = await serve('tracker');
  return {
    nodes,
    server,
    tracker,
    load: startTask('load'),
    agents: startTask('agents'),
    reportIntervalMs,
    echo: once(() => startConnected('echo')),
    asker: once(() => startConnected('asker')),
    projector: once(() => serve('projector')),
    fold: async () => startTask('fold'),
    stopServices,
    cpuOf: (work) => measureCpu(pids, work),
    connectTask,
  };
}

async function measureCpu<Value>(pids: ReadonlyMap<string, number>, work: () => Promise<Value>) {
  const before = [...pids].map(([name, pid]) => ({ name, pid, seconds: cpuSecondsOf(pid) }));
  const value = await work();
  const used = before.map(({ name, pid, seconds }): [string, number] => [name, cpuSecondsOf(pid) - seconds]);
  return { value, cpu: Object.fromEntries(used) };
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
