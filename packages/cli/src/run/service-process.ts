import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, killAtExit } from '@fleetbook/messaging';
import { type Notice, readNotice } from '@fleetbook/operations';

export interface ServiceSpec {
  readonly name: string;
  /** Path of the program. */
  readonly entry: string;
  /** Options of Node itself. */
  readonly nodeFlags?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it writes is appended here. */
  readonly logFile: string;
  /** Called when a process of it asks to be replaced by another one. */
  readonly onReplace?: () => void;
}

/** How a process ended: its exit code, or the signal that ended it. */
export interface ProcessEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Why, in its own words. */
  readonly failure?: Extract<Notice, { type: 'failed' }>;
}

/** One run of a service, in a process group of its own: Ctrl-C at the terminal reaches only who supervises it. */
export interface ServiceProcess {
  readonly pid: number;
  /** Of `/livez`, `/readyz` and `/metrics` on 127.0.0.1. */
  readonly httpPort: number;
  readonly ended: Promise<ProcessEnd>;
  /** Calls back each time it says what it waits for. */
  onWaiting(listener: (reason: string) => void): void;
  /** Calls back when it asks to be replaced by another process. */
  onReplace(listener: () => void): void;
  /** True once it says that it is ready, false when it ends or `signal` comes first. */
  ready(signal: AbortSignal): Promise<boolean>;
  /** Whether it says just now that it is. */
  isReady(): Promise<boolean>;
  kill(signal: NodeJS.Signals): void;
}

const READY_POLL_MS = 20;
/** A tracker may stand by for days. */
const PATIENT_AFTER_MS = 3_000;
const PATIENT_POLL_MS = 250;
const READY_REQUEST_MS = 1_000;

export async function startServiceProcess(spec: ServiceSpec): Promise<ServiceProcess> {
  const httpPort = await freePort();
  const log = openSync(spec.logFile, 'a', 0o600);
  const child = spawn(process.execPath, [...(spec.nodeFlags ?? []), spec.entry], {
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
    // A service that is started again finds its code compiled.
    env: { NODE_COMPILE_CACHE: getCompileCacheDir(), ...spec.environment, FLEETBOOK_HTTP_PORT: String(httpPort) },
  });
  closeSync(log);
  const ended = endOf(child);
  if (child.pid === undefined) {
    await ended;
    throw new Error(`${process.execPath} could not be started`);
  }
  const isGone = killAtExit(() => void child.kill('SIGKILL'));
  let hasEnded = false;
  const done = ended.then((end) => {
    isGone();
    hasEnded = true;
    return end;
  });
  return {
    pid: child.pid,
    httpPort,
    ended: done,
    ready: async (signal) => {
      const startedMs = performance.now();
      while (!hasEnded && !signal.aborted) {
        if (await isReadyAt(httpPort)) {
          return true;
        }
        await delay(performance.now() - startedMs < PATIENT_AFTER_MS ? READY_POLL_MS : PATIENT_POLL_MS);
      }
      return false;
    },
    isReady: () => isReadyAt(httpPort),
    onWaiting: (listener) => {
      child.on('message', (message) => {
        const notice = readNotice(message);
        if (notice?.type === 'waiting') {
          listener(notice.reason);
        }
      });
    },
    onReplace: (listener) => {
      child.on('message', (message) => {
        if (readNotice(message)?.type === 'replace') {
          listener();
        }
      });
    },
    kill: (signal) => void child.kill(signal),
  };
}

/** Its last word may still be on the way when it has ended: it is there once the channel is closed. */
function endOf(child: ChildProcess): Promise<ProcessEnd> {
  let failure: ProcessEnd['failure'];
  child.on('message', (message) => {
    const notice = readNotice(message);
    failure = notice?.type === 'failed' ? notice : failure;
  });
  const isSilent = new Promise<void>((resolve) => {
    child.once('disconnect', resolve);
    child.once('error', () => resolve());
  });
  return new Promise((resolve) => {
    child.once('exit', async (code, signal) => {
      await isSilent;
      const end = { code: code ?? undefined, signal: signal ?? undefined };
      resolve(failure === undefined ? end : { ...end, failure });
    });
    child.once('error', () => resolve({ code: undefined, signal: undefined }));
  });
}

/**
 * Asked dozens of times of each service that starts: without `fetch`, which costs several times as much, and without
 * an import of `node:http`, which loads the same.
 */
function isReadyAt(port: number): Promise<boolean> {
  const { get } = process.getBuiltinModule('node:http');
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/readyz', timeout: READY_REQUEST_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
