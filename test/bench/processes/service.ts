import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '@fleetbook/messaging';
import { PROJECTOR_NODE_FLAGS } from '@fleetbook/operations';
import { PROGRAMS } from '../../support/programs.ts';
import { freePort } from './free-port.ts';
import { PAUSES_FILE_VARIABLE, RECORD_PAUSES } from './pauses.ts';
import { endOf } from './task-process.ts';

/** A projector first reads the log of 100,000 nodes or of millions of events, maybe while others use the machine. */
const READY_TIMEOUT_MS = 300_000;
const READY_POLL_MS = 20;
const STOP_TIMEOUT_MS = 5_000;
const NODE_FLAGS = { tracker: [], projector: PROJECTOR_NODE_FLAGS } as const;

/** A tracker or projector as a process, as it runs anywhere else. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** Its metrics in the Prometheus text format. */
  metrics(): Promise<string>;
  /** What `/readyz` tells of its state. */
  facts(): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly name: 'tracker' | 'projector';
  readonly cell: string;
  readonly directory: string;
  readonly server: RunningServer;
  /** Where V8 leaves a profile of its processor time, if anywhere. */
  readonly profile: string | undefined;
  /** Settings that are not as usual. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it writes down its pauses, if anywhere. */
  readonly pausesFile?: string;
  /** A tracker that is to stand by is never ready: it is enough that it answers. */
  readonly standsBy?: boolean;
}

/** Resolves when the service says that it is ready. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { name, directory, profile, standsBy = false, pausesFile } = options;
  const entry = PROGRAMS[name];
  const port = await freePort();
  const logFile = join(directory, `${name}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const recording = pausesFile === undefined ? [] : RECORD_PAUSES;
  const child = spawn(process.execPath, [...NODE_FLAGS[name], ...profiling, ...recording, entry], {
    stdio: ['ignore', log, log],
    env: environmentOf(options, port),
  });
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  const { pid } = child;
  if (pid === undefined) {
    throw new Error(`${entry} could not be started`);
  }
  const ended = endOf(child);
  if (!(await isReadyInTime(child, `${url}/${standsBy ? 'livez' : 'readyz'}`))) {
    await stop(child, ended);
    throw new Error(`the ${name} did not become ready: see ${logFile}`);
  }
  return {
    name,
    pid,
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    facts: async () => Object(await (await fetch(`${url}/readyz`)).json()),
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
    stop: () => stop(child, ended),
  };
}

function environmentOf(options: ServiceOptions, port: number): Record<string, string> {
  const { cell, directory, server, environment, pausesFile } = options;
  return {
    ...environmentOfCell(cell, server),
    FLEETBOOK_DATA: directory,
    FLEETBOOK_HTTP_PORT: String(port),
    FLEETBOOK_LOG_LEVEL: 'warn',
    FLEETBOOK_NATS_MONITORING_URL: server.monitoringUrl,
    ...(pausesFile === undefined ? {} : { [PAUSES_FILE_VARIABLE]: pausesFile }),
    ...environment,
  };
}

/** What a process needs to reach a cell. */
export function environmentOfCell(cell: string, { url, access }: RunningServer): Record<string, string> {
  return {
    FLEETBOOK_CELL: cell,
    FLEETBOOK_NATS_URL: url,
    ...('user' in access ? { FLEETBOOK_NATS_USER: access.user, FLEETBOOK_NATS_PASSWORD: access.password } : {}),
  };
}

async function isReadyInTime(child: ChildProcess, url: string): Promise<boolean> {
  const endMs = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < endMs && child.exitCode === null && child.signalCode === null) {
    const isReady = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) {
      return true;
    }
    await delay(READY_POLL_MS);
  }
  return false;
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
