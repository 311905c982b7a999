import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Config, directoryFault, lockDirectory, makeDirectory } from '@fleetbook/operations';
import type { Call, Failure } from '../call.ts';
import { readConfig } from './config.ts';
import { connectToCell } from './connection.ts';
import { isDirectory, onlyCellIn, openOnOwnServer, runningTarget } from './directory-log.ts';
import { openCallLog } from './log.ts';
import { type CellRestoration, type Making, type OpenLog, openLogAt } from './log-at.ts';
import { STORE } from './store-copy.ts';
import { askedCell, findTarget, type Target } from './target.ts';

/** A log that no tracker writes to, as far as can be known, opened for appending; it is made where there is none. */
export interface WritableLog extends OpenLog {
  readonly config: Config;
  /** The data directory whose services may know of events that the log lacks. */
  readonly state: string;
}

/**
 * The same log for a look alone: nothing is changed or made. One that is not there any more is an empty one.
 */
export async function openForLooking(call: Call): Promise<Result<OpenLog, Failure>> {
  const config = readConfig(call.environment);
  if (!config.ok) {
    return config;
  }
  const opened = (await isAtServer(call, config.value)) ? await openNamed(call) : await openCallLog(call);
  if (opened.ok || opened.error.details['isMissing'] !== true) {
    return opened;
  }
  const { createMemoryLog } = await import('@fleetbook/event-log/memory');
  const directory = resolve(call.directory, call.args.text('data') ?? config.value.data);
  const cell = askedCell(call) ?? (await cellOf(directory)) ?? config.value.cell;
  return succeed({ cell, log: createMemoryLog(), target: undefined, directory, close: async () => undefined });
}

async function openNamed(call: Call): Promise<Result<OpenLog, Failure>> {
  const target = await findTarget(call);
  return target.ok ? openLogAt(target.value) : target;
}

/**
 * Whether the log is at a server of its own, and a data directory only that of a service. What is restored has a place
 * of its own: what the surroundings name besides is not meant.
 */
async function isAtServer({ args, directory }: Call, config: Config, restoration?: CellRestoration): Promise<boolean> {
  if (args.text('server') !== undefined) {
    return true;
  }
  const store = resolve(directory, args.text('data') ?? config.data, ...STORE);
  return restoration === undefined && config.natsUrl !== undefined && !(await isDirectory(store));
}

const ASK_TIMEOUT_MS = 1_500;

/**
 * The log of what `--server`, `--data` and the surroundings name. On a data directory on which nothing runs a server of
 * our own is started, and nobody else may until the log is closed. Error WRITER_IN_OFFICE while a tracker answers.
 * @param restoration what is restored into it; without it, a log that is restored only in part is UNAVAILABLE.
 */
export async function openWritableLog(
  call: Call,
  restoration?: CellRestoration,
): Promise<Result<WritableLog, Failure>> {
  const config = readConfig(call.environment);
  if (!config.ok) {
    return config;
  }
  const name = call.args.text('data');
  const state = resolve(call.directory, name ?? config.value.data);
  const making = { create: true, restoration };
  const isFound = name === undefined || (await isAtServer(call, config.value, restoration));
  const opened = isFound ? await openFound(call, making) : await openDirectory(call, config.value, state, making);
  return opened.ok ? succeed({ ...opened.value, config: config.value, state }) : opened;
}

async function openFound(call: Call, making: Making): Promise<Result<OpenLog, Failure>> {
  const target = await findTarget(call);
  return target.ok ? openIdle(call, target.value, making) : target;
}

async function openDirectory(
  call: Call,
  config: Config,
  directory: string,
  making: Making,
): Promise<Result<OpenLog, Failure>> {
  const made = await makeMissing(directory);
  if (made !== undefined) {
    return fail(made);
  }
  const running = await runningTarget(call, directory);
  if (!running.ok) {
    return running;
  }
  if (running.value !== undefined) {
    return openIdle(call, running.value, making);
  }
  if (config.log.adapter === 'eventstoredb') {
    return openFound(call, making);
  }
  return openWithServer(call, config, directory, making);
}

async function makeMissing(directory: string): Promise<Failure | undefined> {
  try {
    await makeDirectory(directory);
    return undefined;
  } catch (thrown) {
    const fault = directoryFault(directory, thrown);
    if (fault === undefined) {
      throw thrown;
    }
    return fault;
  }
}

/** The log at a server, once no tracker in office answers there. */
async function openIdle(call: Call, target: Target, making: Making): Promise<Result<OpenLog, Failure>> {
  const writer = await askWriter(call, target);
  if (!writer.ok) {
    return writer;
  }
  return writer.value === undefined
    ? openLogAt(target, making)
    : fail(fleetbookError('WRITER_IN_OFFICE', { writer: writer.value, reason: 'the log is mended while none is' }));
}

async function askWriter(call: Call, target: Target): Promise<Result<string | undefined, Failure>> {
  const fleetbook = await connectToCell(call, target);
  if (!fleetbook.ok) {
    return fleetbook;
  }
  try {
    const reply = await fleetbook.value.as('operator', 'recovery').ask('writer', {}, { timeoutMs: ASK_TIMEOUT_MS });
    return succeed(reply.outcome === 'answer' ? reply.answer.writer : undefined);
  } finally {
    await fleetbook.value.close();
  }
}

/** Holds the directory, so that no tracker of it can be in office meanwhile. */
async function openWithServer(
  call: Call,
  config: Config,
  directory: string,
  making: Making,
): Promise<Result<OpenLog, Failure>> {
  const locked = await lockDirectory(directory);
  if (!locked.ok) {
    return fail(locked.error);
  }
  const cell = askedCell(call) ?? (await cellOf(directory)) ?? config.cell;
  const release = () => locked.value.release();
  const opened = await openOnOwnServer({ cell, config, path: directory, making, release });
  return opened.ok ? succeed({ ...opened.value, directory }) : opened;
}

/** A directory that one cell has used names it: by its log, or by the state of a tracker when that is gone. */
async function cellOf(directory: string): Promise<string | undefined> {
  const ofLog = await onlyCellIn(join(directory, ...STORE)).catch(() => undefined);
  const [ofTracker, another] = await readdir(join(directory, 'tracker')).catch(() => []);
  return ofLog ?? (another === undefined ? ofTracker : undefined);
}
