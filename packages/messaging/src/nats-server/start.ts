import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { configurationText, type ServerAccess, type ServerLimits } from './configuration.ts';
import { isPortFree } from './free-port.ts';
import { killAtExit } from './kill-at-exit.ts';
import { isHealthy, serverNameAt } from './monitoring.ts';
import {
  prepareDirectories,
  readLogTail,
  readPid,
  readPorts,
  readState,
  type ServerFiles,
  type ServerState,
  serverFilesIn,
  writeSecret,
} from './server-files.ts';
import { endProcess, hasOpen, isProcessOf, isTrueWithin, signalProcess } from './server-process.ts';

export interface StartServerOptions {
  /** Path of the nats-server binary. */
  readonly binary: string;
  /** Held by the caller alone: two launchers must not work in one at a time. */
  readonly dataDirectory: string;
  /** By default the server takes a free one. */
  readonly port?: number;
  /** Where it is monitored, if that is free still. By default, and where it is not, the server takes a free one. */
  readonly monitoringPort?: number;
  /** By default the user `fleetbook` with a random password. */
  readonly access?: ServerAccess;
  readonly limits?: ServerLimits;
  /** The server outlives the caller. Otherwise it is killed when the caller's process ends. */
  readonly isDetached?: boolean;
  /** Go's own settings. A higher GOGC spends memory for speed. */
  readonly goEnvironment?: { readonly GOGC?: string; readonly GOMAXPROCS?: string; readonly GOMEMLIMIT?: string };
  /** 30 s by default: a big store takes time to recover. */
  readonly readyTimeoutMs?: number;
  /** How long a left server that cannot be adopted may take to end before it is killed, 10 s by default. */
  readonly leftoverGraceMs?: number;
}

export interface RunningServer {
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly monitoringPort: number;
  /** `http://127.0.0.1:<monitoringPort>` */
  readonly monitoringUrl: string;
  readonly access: ServerAccess;
  /** What it stores is below it. */
  readonly storeDirectory: string;
  readonly pid: number;
  readonly logFile: string;
  /** It was already running, left by a launcher that ended. */
  readonly isAdopted: boolean;
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>;
  /** Asks it to end, and kills it after `graceMs` (10 s). Rejects if it cannot be ended. */
  stop(graceMs?: number): Promise<void>;
}

export type StartedServer =
  | { readonly ok: true; readonly value: RunningServer }
  | { readonly ok: false; readonly error: FleetbookError };

const READY_TIMEOUT_MS = 30_000;
const STOP_GRACE_MS = 10_000;
const EXIT_POLL_MS = 250;
const PASSWORD_BYTES = 24;

/**
 * Starts a server on 127.0.0.1 whose store is in the data directory, or adopts the one that still runs there. Resolves
 * once it takes connections and has recovered its streams. Errors: `PORT_IN_USE`, `DISK_FULL`, `UNAVAILABLE` with what
 * the server logged or the system said.
 */
export async function startNatsServer(options: StartServerOptions): Promise<StartedServer> {
  try {
    return await adoptOrLaunch(serverFilesIn(options.dataDirectory), options);
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown)) {
      throw thrown;
    }
    const error =
      thrown.code === 'ENOSPC'
        ? fleetbookError('DISK_FULL', { directory: options.dataDirectory })
        : fleetbookError('UNAVAILABLE', { service: 'nats-server', reason: thrown.message });
    return { ok: false, error };
  }
}

async function adoptOrLaunch(files: ServerFiles, options: StartServerOptions): Promise<StartedServer> {
  const left = await readState(files);
  if (left !== undefined && (await canAdopt(files, left, options))) {
    if (options.isDetached !== true) {
      killAtExit(() => isProcessOf(left.pid, files.configuration) && signalProcess(left.pid, 'SIGKILL'));
    }
    return { ok: true, value: runningServer(files, left, undefined) };
  }
  await endLeftovers(files, left, options.leftoverGraceMs ?? STOP_GRACE_MS);
  if (options.port !== undefined && !(await isPortFree(options.port))) {
    return { ok: false, error: fleetbookError('PORT_IN_USE', { port: options.port, host: '127.0.0.1' }) };
  }
  return launch(files, options);
}

async function canAdopt(files: ServerFiles, left: ServerState, options: StartServerOptions): Promise<boolean> {
  const fits = options.port === undefined || options.port === left.port;
  const isOurs = isProcessOf(left.pid, files.configuration);
  return fits && isOurs && (await serverNameAt(monitoringUrlOf(left))) === left.serverName;
}

/**
 * Two servers on one store would destroy it: whatever still runs there ends first. Where the directory was moved, or
 * goes by two names, that one was started with another path, and is known by the log that it writes.
 */
async function endLeftovers(files: ServerFiles, left: ServerState | undefined, graceMs: number): Promise<void> {
  for (const pid of new Set([left?.pid, await readPid(files)])) {
    if (pid === undefined) {
      continue;
    }
    const worksHere = () => isProcessOf(pid, files.configuration) || hasOpen(pid, files.log);
    if (!(await endProcess(pid, worksHere, graceMs))) {
      throw new Error(`nats-server with process id ${pid} works in ${files.directory} and cannot be ended`);
    }
  }
}

async function launch(files: ServerFiles, options: StartServerOptions): Promise<StartedServer> {
  const serverName = `fleetbook-${randomBytes(8).toString('hex')}`;
  const access = options.access ?? { user: 'fleetbook', password: randomBytes(PASSWORD_BYTES).toString('base64url') };
  await prepareDirectories(files);
  const { monitoringPort } = options;
  const isKept = monitoringPort !== undefined && (await isPortFree(monitoringPort));
  const text = configurationText({
    serverName,
    port: options.port ?? -1,
    monitoringPort: isKept ? monitoringPort : -1,
    storeDirectory: files.store,
    portsDirectory: files.ports,
    pidFile: files.pid,
    logFile: files.log,
    access,
    limits: options.limits ?? {},
  });
  await writeSecret(files.configuration, text);
  const child = spawn(options.binary, ['-c', files.configuration], {
    stdio: 'ignore',
    // A group of its own: an interrupt at the terminal reaches the launcher, which ends the server last.
    detached: true,
    env: { HOME: files.directory, PATH: process.env['PATH'], GOGC: '400', ...options.goEnvironment },
  });
  if (options.isDetached !== true) {
    child.once(
      'exit',
      killAtExit(() => void child.kill('SIGKILL')),
    );
  }
  const started = await becomesReady(files, child, options.readyTimeoutMs ?? READY_TIMEOUT_MS);
  if (started === undefined) {
    return { ok: false, error: await giveUp(files, child, options.binary) };
  }
  const state: ServerState = { serverName, access, ...started };
  await writeSecret(files.state, `${JSON.stringify(state, undefined, 2)}\n`);
  if (options.isDetached === true) {
    child.unref();
  }
  return { ok: true, value: runningServer(files, state, child) };
}

async function becomesReady(
  files: ServerFiles,
  child: ChildProcess,
  timeoutMs: number,
): Promise<Pick<ServerState, 'pid' | 'port' | 'monitoringPort'> | undefined> {
  let hasEnded = false;
  child.once('error', () => {
    hasEnded = true;
  });
  child.once('exit', () => {
    hasEnded = true;
  });
  let found: Awaited<ReturnType<typeof readPorts>>;
  const isReady = async (): Promise<boolean> => {
    found ??= await readPorts(files);
    return hasEnded || (found !== undefined && (await isHealthy(monitoringUrlOf(found))));
  };
  const isInTime = await isTrueWithin(isReady, timeoutMs);
  const pid = await readPid(files);
  return isInTime && !hasEnded && found !== undefined && pid !== undefined ? { ...found, pid } : undefined;
}

/** One that was started from these files; see `endProcess`. */
function endServer(pid: number, { configuration }: ServerFiles, graceMs: number): Promise<boolean> {
  return endProcess(pid, () => isProcessOf(pid, configuration), graceMs);
}

async function giveUp(files: ServerFiles, child: ChildProcess, binary: string): Promise<FleetbookError> {
  if (child.pid !== undefined) {
    await endServer(child.pid, files, STOP_GRACE_MS);
  }
  const log = await readLogTail(files);
  const reason = log === '' ? `${binary} ended without a word` : `it logged: ${log}`;
  return fleetbookError('UNAVAILABLE', { service: 'nats-server', reason });
}

function runningServer(files: ServerFiles, state: ServerState, child: ChildProcess | undefined): RunningServer {
  return {
    url: `nats://127.0.0.1:${state.port}`,
    port: state.port,
    monitoringPort: state.monitoringPort,
    monitoringUrl: monitoringUrlOf(state),
    access: state.access,
    storeDirectory: files.store,
    pid: state.pid,
    logFile: files.log,
    isAdopted: child === undefined,
    exited: child === undefined ? whenGone(state.pid, files.configuration) : whenExited(child),
    stop: async (graceMs = STOP_GRACE_MS) => {
      if (!(await endServer(state.pid, files, graceMs))) {
        throw new Error(`nats-server with process id ${state.pid} cannot be ended`);
      }
    },
  };
}

function whenExited(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Nobody tells us of the end of a process that is not our child. */
function whenGone(pid: number, argument: string): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!isProcessOf(pid, argument)) {
        clearInterval(timer);
        resolve();
      }
    }, EXIT_POLL_MS);
    timer.unref();
  });
}

function monitoringUrlOf({ monitoringPort }: Pick<ServerState, 'monitoringPort'>): string {
  return `http://127.0.0.1:${monitoringPort}`;
}
