import { constants, rmSync } from 'node:fs';
import { access, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type RunningServer, resolveNatsServer, startNatsServer } from '@fleetbook/messaging';
import { type Config, lockDirectory } from '@fleetbook/operations';
import { type Call, type Failure, usageFailure } from '../call.ts';
import { fail, type Result, succeed } from '../result.ts';
import { readConfig } from './config.ts';
import { connectBusTo } from './connection.ts';
import { type OpenLog, openLogAt } from './log-at.ts';
import { type Target, targetOfDirectory } from './target.ts';

const STORE = ['nats-server', 'store'] as const;
/** The directory of a cell's stream. */
const STREAM = /[/\\]FLEETBOOK_([A-Za-z0-9_-]{1,32})_0001$/;

/**
 * The log in a data directory. What runs on it is asked; otherwise a nats-server of our own opens a copy of the store:
 * a server repairs what it opens, and a reader must not change a log that it may find damaged.
 */
export async function openDirectoryLog(call: Call, name: string): Promise<Result<OpenLog, Failure>> {
  const directory = resolve(call.directory, name);
  const config = readConfig(call.environment);
  if (!config.ok) {
    return config;
  }
  const running = await runningTarget(call, directory);
  if (!running.ok) {
    return running;
  }
  if (running.value !== undefined) {
    return openLogAt(running.value);
  }
  if (config.value.log.adapter === 'eventstoredb') {
    const cell = call.args.text('cell') ?? config.value.cell;
    const opened = await openLogAt(targetOf(cell, config.value, undefined));
    return opened.ok ? succeed({ ...opened.value, target: undefined, directory }) : opened;
  }
  return openCopy(call, config.value, directory);
}

/** What runs on a directory, or left a server running there; undefined when it is free. */
export async function runningTarget(call: Call, directory: string): Promise<Result<Target | undefined, Failure>> {
  if (!(await exists(directory))) {
    return fail(usageFailure(`There is no directory ${directory}`));
  }
  const target = await targetOfDirectory(call, directory);
  if (!target.ok) {
    return target;
  }
  if (target.value !== undefined && (await answers(target.value))) {
    return target;
  }
  const locked = await lockDirectory(directory);
  if (!locked.ok) {
    return fail(locked.error);
  }
  await locked.value.release();
  return succeed(undefined);
}

async function answers(target: Target): Promise<boolean> {
  const bus = await connectBusTo(target);
  if (bus.ok) {
    await bus.value.close();
  }
  return bus.ok;
}

async function openCopy(call: Call, config: Config, directory: string): Promise<Result<OpenLog, Failure>> {
  const store = join(directory, ...STORE);
  if (!(await exists(store))) {
    return fail(usageFailure(`There is no log in ${directory}`, 'name the directory that fleetbook up was given'));
  }
  const cell = call.args.text('cell') ?? (await onlyCellIn(store)) ?? config.cell;
  const copied = await copyStore(directory, store);
  if (!copied.ok) {
    return copied;
  }
  const server = await startServerOn(copied.value, config);
  if (!server.ok) {
    await removeCopy(copied.value);
    return server;
  }
  const forget = cleanUpAtExit(server.value.pid, copied.value);
  const stop = async (): Promise<void> => {
    await server.value.stop();
    await removeCopy(copied.value);
    forget();
  };
  const opened = await openLogAt(targetOf(cell, config, server.value));
  if (!opened.ok) {
    await stop();
    return opened;
  }
  const close = async (): Promise<void> => {
    await opened.value.close();
    await stop();
  };
  return succeed({ ...opened.value, target: undefined, directory, close });
}

function removeCopy(copy: string): Promise<void> {
  return rm(copy, { recursive: true, force: true, maxRetries: 5 });
}

/** Ctrl-C, or a reader that has had enough, ends the process at once: server and copy go with it. */
function cleanUpAtExit(pid: number, copy: string): () => void {
  const cleanUp = (): void => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', cleanUp);
  return () => process.off('exit', cleanUp);
}

/** A directory that one cell has used names it, whatever the settings say; undefined where there are several. */
async function onlyCellIn(store: string): Promise<string | undefined> {
  const names = await readdir(store, { recursive: true });
  const cells = names.flatMap((name) => STREAM.exec(name)?.[1] ?? []);
  return new Set(cells).size === 1 ? cells[0] : undefined;
}

/** Copies under the directory's lock, so that nobody starts to write on the way. */
async function copyStore(directory: string, store: string): Promise<Result<string, Failure>> {
  const locked = await lockDirectory(directory);
  if (!locked.ok) {
    return fail(locked.error);
  }
  try {
    const copy = await mkdtemp(join(tmpdir(), 'fleetbook-data-'));
    await cp(store, join(copy, ...STORE), { recursive: true, mode: constants.COPYFILE_FICLONE });
    return succeed(copy);
  } finally {
    await locked.value.release();
  }
}

async function startServerOn(directory: string, config: Config): Promise<Result<RunningServer, Failure>> {
  const binary = await resolveNatsServer({ configured: config.natsServer });
  if (!binary.ok) {
    return fail(binary.error);
  }
  const started = await startNatsServer({ binary: binary.value.path, dataDirectory: directory });
  return started.ok ? succeed(started.value) : fail(started.error);
}

function targetOf(cell: string, config: Config, server: RunningServer | undefined): Target {
  const access = server !== undefined && 'user' in server.access ? server.access : undefined;
  return {
    cell,
    servers: server === undefined ? [] : [server.url],
    isGuess: false,
    user: access?.user,
    password: access?.password,
    tls: {},
    monitoringUrl: server?.monitoringUrl,
    config,
  };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
