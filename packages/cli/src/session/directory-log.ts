import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type RunningServer, resolveNatsServer, startNatsServer } from '@fleetbook/messaging';
import { type Config, createNodeDisk, isCopy, lockDirectory } from '@fleetbook/operations';
import { type Call, type Failure, usageFailure } from '../call.ts';
import { readConfig } from './config.ts';
import { connectBusTo } from './connection.ts';
import { type Making, type OpenLog, openLogAt } from './log-at.ts';
import { copyStore, STORE } from './store-copy.ts';
import { askedCell, type Target, targetOfDirectory } from './target.ts';

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
  if (!(await isDirectory(directory))) {
    return fail(noDirectory(directory));
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
    return fail((await isCopy(createNodeDisk(), directory)) ? inUseElsewhere(locked.error, directory) : locked.error);
  }
  await locked.value.release();
  return succeed(undefined);
}

/** The locks of a directory that is in use were copied with it. */
function inUseElsewhere(error: FleetbookError, directory: string): Failure {
  const locks = join(directory, 'lock.*');
  const next = `This is a copy of a directory in use. Remove ${locks} from it, then ask again.`;
  return error.code === 'DATA_IN_USE' ? { ...error, next } : error;
}

/** What is wrong with `--data`, where it is given and names nothing. */
export async function missingData(call: Call): Promise<Failure | undefined> {
  const name = call.args.text('data');
  const directory = resolve(call.directory, name ?? '.');
  return name === undefined || (await isDirectory(directory)) ? undefined : noDirectory(directory);
}

function noDirectory(directory: string): Failure {
  return usageFailure(`There is no directory ${directory}`);
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
  if (!(await isDirectory(store))) {
    const failure = usageFailure(`There is no log in ${directory}`, 'name the directory that fleetbook up was given');
    return fail({ ...failure, details: { ...failure.details, isMissing: true } });
  }
  const cell = askedCell(call) ?? (await onlyCellIn(store)) ?? config.cell;
  const copy = await copyStore(directory);
  if (!copy.ok) {
    return copy;
  }
  const opened = await openOnOwnServer({ cell, config, path: copy.value.path, release: copy.value.remove });
  return opened.ok ? succeed({ ...opened.value, directory }) : opened;
}

interface OwnServer {
  readonly cell: string;
  readonly config: Config;
  /** Directory that the server opens. */
  readonly path: string;
  readonly making?: Making;
  /** Called last: when the log is closed, or when it could not be opened. */
  readonly release: () => Promise<void>;
}

/** The log in a directory, through a nats-server that runs for as long as the log is open. */
export async function openOnOwnServer(place: OwnServer): Promise<Result<OpenLog, Failure>> {
  const { cell, config, path, making, release } = place;
  const server = await startServerOn(path, config);
  if (!server.ok) {
    await release();
    return server;
  }
  const stop = async (): Promise<void> => {
    await server.value.stop();
    await release();
  };
  const opened = await openLogAt(targetOf(cell, config, server.value), making);
  if (!opened.ok) {
    await stop();
    return opened;
  }
  const close = async (): Promise<void> => {
    await opened.value.close();
    await stop();
  };
  return succeed({ ...opened.value, target: undefined, close });
}

/** A directory that one cell has used names it; undefined where there are several. */
export async function onlyCellIn(store: string): Promise<string | undefined> {
  const names = await readdir(store, { recursive: true });
  const cells = names.flatMap((name) => STREAM.exec(name)?.[1] ?? []);
  return new Set(cells).size === 1 ? cells[0] : undefined;
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

export async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
