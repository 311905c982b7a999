import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { z } from 'zod';
import { fail, type Result, succeed } from '../result.ts';
import { makeDirectory } from './make-directory.ts';
import { identityOf, isRunning, type ProcessIdentity } from './process-identity.ts';

export interface DirectoryLock {
  /** Lets others use the directory. */
  release(): Promise<void>;
}

const HOLDER = /^lock\.(\d+)$/;

const holderSchema = z.object({
  pid: z.int().positive(),
  startTicks: z.int().min(0),
  boot: z.string(),
  isReleased: z.boolean(),
});

/**
 * Takes a directory for this process, making it if need be. Nothing in it is touched when another live process has it.
 *
 * The lock is the file `lock.<generation>` with the highest generation. Taking it means creating the next generation,
 * which the file system lets only one process do; a file is removed only after a higher one stands. So a process that
 * was slow to judge an old holder dead cannot push out the one that was faster.
 *
 * Errors: `DATA_IN_USE` with the pid, `DISK_FULL`, `DATA_UNUSABLE` where there is or can be no such directory.
 */
export async function lockDirectory(directory: string): Promise<Result<DirectoryLock, FleetbookError>> {
  try {
    await makeDirectory(directory);
    return await takeNextGeneration(directory);
  } catch (thrown) {
    const error = directoryFault(directory, thrown);
    if (error === undefined) {
      throw new Error(`cannot lock ${directory}`, { cause: thrown });
    }
    return fail(error);
  }
}

const NO_SPACE = ['ENOSPC', 'EDQUOT'];
/** What is wrong with the process or the machine, not with the directory. */
const OTHERS = ['EMFILE', 'ENFILE', 'ENOMEM'];

/** What keeps a directory from being worked in; undefined for what no state of it explains. */
export function directoryFault(directory: string, thrown: unknown): FleetbookError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') {
    return undefined;
  }
  if (!('errno' in thrown) || OTHERS.includes(thrown.code)) {
    return undefined;
  }
  return NO_SPACE.includes(thrown.code)
    ? fleetbookError('DISK_FULL', { directory })
    : fleetbookError('DATA_UNUSABLE', { directory, reason: thrown.message });
}

async function takeNextGeneration(directory: string): Promise<Result<DirectoryLock, FleetbookError>> {
  for (;;) {
    const stranger = await strangerIn(directory);
    if (stranger !== undefined) {
      const reason = `${stranger} in it is no file, and the name is that of a lock`;
      return fail(fleetbookError('DATA_UNUSABLE', { directory, reason }));
    }
    const highest = Math.max(0, ...(await generationsIn(directory)));
    const holder = highest === 0 ? undefined : await readHolder(fileOf(directory, highest));
    if (holder !== undefined && isRunning(holder)) {
      return fail(fleetbookError('DATA_IN_USE', { directory, pid: holder.pid }));
    }
    const mine = fileOf(directory, highest + 1);
    if (!(await createWhole(mine, holderText(identityOf(process.pid), false)))) {
      continue;
    }
    const generations = await generationsIn(directory);
    if (Math.max(...generations) > highest + 1) {
      await rm(mine, { force: true });
      continue;
    }
    await Promise.all(
      generations.filter((one) => one <= highest).map((one) => rm(fileOf(directory, one), { force: true })),
    );
    return succeed({ release: () => replaceWhole(mine, holderText(identityOf(process.pid), true)) });
  }
}

/** Something else that has the name of a lock. */
async function strangerIn(directory: string): Promise<string | undefined> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.find((entry) => HOLDER.test(entry.name) && !entry.isFile())?.name;
}

async function generationsIn(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => HOLDER.exec(name)?.[1] ?? []).map(Number);
}

/** The process in the file; undefined if it released the lock, or if the file is unreadable or gone. */
async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const parsed = holderSchema.safeParse(parseJson(text));
  return parsed.success && !parsed.data.isReleased ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Creates a file that is complete from its first moment; false if there is one already. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { flag: 'wx' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replaceWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { flag: 'wx' });
  await rename(draft, path);
}

function holderText(identity: ProcessIdentity, isReleased: boolean): string {
  return `${JSON.stringify({ ...identity, isReleased })}\n`;
}

function fileOf(directory: string, generation: number): string {
  return join(directory, `lock.${generation}`);
}
