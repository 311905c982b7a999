import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { identityOf, isRunning, type ProcessIdentity } from '@fleetbook/operations';
import { BUNDLED, serverSettings } from './prepared.ts';

const LAUNCHER =
  BUNDLED === undefined
    ? fileURLToPath(new URL('../../bin/fleetbook.mjs', import.meta.url))
    : join(BUNDLED, 'bin/fleetbook');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** File descriptor that takes its stdout, instead of the test. */
  readonly output?: number;
}

/** Runs the command to its end. */
export function fleetbook(line: readonly string[], surroundings: Surroundings): Promise<Finished> {
  const child = launch(line, surroundings);
  const output = collect(child);
  child.stdin?.end(surroundings.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output() }));
  });
}

const POLL_MS = 10;

/** Runs the command until `isTime` and interrupts it. */
export async function interrupt(
  line: readonly string[],
  surroundings: Surroundings,
  isTime: (output: string) => Promise<boolean>,
): Promise<Finished> {
  const child = launch(line, surroundings);
  const output = collect(child);
  let hasEnded = false;
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  void ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && !(await isTime(output().stdout))) {
    await delay(POLL_MS);
  }
  child.kill('SIGINT');
  return { code: await ended, ...output() };
}

/** The JSON document that a run printed. */
export function documentOf({ stdout }: Pick<Finished, 'stdout'>): unknown {
  return JSON.parse(stdout);
}

/** `fleetbook up` on a free port. */
export interface UpProcess {
  readonly pid: number;
  readonly output: () => string;
  /** Ctrl-C; gives the exit code. */
  stop(): Promise<number | null>;
}

/** Starts a cell and resolves once it says that it is up. */
export async function startUp(surroundings: Surroundings, more: readonly string[] = []): Promise<UpProcess> {
  return whenUp(launch(['up', '--port', '0', ...more], surroundings));
}

/** Starts a cell with its data on a disk of its own, of that many bytes, put at `surroundings.directory`. */
export function startUpOnSmallDisk(surroundings: Surroundings, bytes: number): Promise<UpProcess> {
  const words = [process.execPath, LAUNCHER, 'up', '--port', '0', '--data', surroundings.directory];
  const child = spawn('unshare', onSmallDisk(surroundings.directory, bytes, words), spawnOptionsOf(surroundings));
  return whenUp(remembered(child));
}

/** Why this machine gives a process no small disk; undefined where it does. */
export async function whyNoSmallDisk(directory: string): Promise<string | undefined> {
  const child = spawn('unshare', onSmallDisk(directory, 1 << 20, ['true']));
  const output = collect(child);
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('close', resolve);
  });
  return code === 0 ? undefined : `this machine lets no test mount a small disk: ${output().stderr || 'no unshare'}`;
}

/** The mount is seen by the command and what it starts alone, and is gone with them. */
function onSmallDisk(directory: string, bytes: number, words: readonly string[]): string[] {
  const script = `mount -t tmpfs -o size=${bytes} tmpfs "$0" && exec "$@"`;
  return ['--user', '--map-root-user', '--mount', 'sh', '-c', script, directory, ...words];
}

/** Those that were started here and have not ended. */
const commands = new Set<ChildProcess>();
/** What those have started in their turn, as far as they said so. */
const services: ProcessIdentity[] = [];
const GRACE_MS = 10_000;

/**
 * Ends every command that still runs, and what it has started: a test or hook that failed or ran out of its time has
 * told nobody of the cell that it was starting. Called after each file of end-to-end tests.
 */
export async function endCommands(): Promise<void> {
  await Promise.all([...commands].map(endCommand));
  for (const service of services.splice(0).filter(isRunning)) {
    process.kill(service.pid, 'SIGKILL');
  }
}

/** Told twice, it ends at once and leaves nothing. */
async function endCommand(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGINT');
  const again = setTimeout(() => child.kill('SIGINT'), GRACE_MS);
  const killer = setTimeout(() => child.kill('SIGKILL'), 2 * GRACE_MS);
  await ended;
  clearTimeout(again);
  clearTimeout(killer);
}

function remembered(child: ChildProcess): ChildProcess {
  commands.add(child);
  child.once('close', () => commands.delete(child));
  child.stdout?.on('data', (text) => {
    const started = String(text).matchAll(/^\S+ +started +process (\d+)/gm);
    services.push(...[...started].map(([, pid]) => identityOf(Number(pid))));
  });
  return child;
}

async function whenUp(child: ChildProcess): Promise<UpProcess> {
  const output = collect(child);
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const text = (): string => output().stdout + output().stderr;
  const isUp = new Promise<boolean>((resolve) => {
    child.stdout?.on('data', () => text().includes(' is up: ') && resolve(true));
    void ended.then(() => resolve(false));
  });
  if (!(await isUp)) {
    throw new Error(`fleetbook up ended: ${text()}`);
  }
  return {
    pid: child.pid ?? 0,
    output: text,
    stop: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

function launch(line: readonly string[], surroundings: Surroundings): ChildProcess {
  return remembered(spawn(process.execPath, [LAUNCHER, ...line], spawnOptionsOf(surroundings)));
}

function spawnOptionsOf({ directory, environment, output }: Surroundings) {
  const cache = BUNDLED === undefined ? {} : { NODE_COMPILE_CACHE: join(BUNDLED, 'compile-cache') };
  const env = { PATH: process.env['PATH'], HOME: directory, ...cache, ...serverSettings(), ...environment };
  const stdio: ('pipe' | number)[] = ['pipe', output ?? 'pipe', 'pipe'];
  return { cwd: directory, env, stdio };
}

function collect(child: ChildProcess): () => { readonly stdout: string; readonly stderr: string } {
  const parts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    parts.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    parts.stderr += text;
  });
  return () => parts;
}

/** An empty directory, outside any other data directory. */
export async function makeDirectory(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'fleetbook-cli-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
