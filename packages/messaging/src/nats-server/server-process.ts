import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isSameFile } from './same-file.ts';

const POLL_MS = 20;

/** Whether a process is there and is one that was started with this text in its arguments. */
export function isProcessOf(pid: number, argument: string): boolean {
  if (!hasProcess(pid)) {
    return false;
  }
  const command = readCommand(pid);
  // Where the system does not show the command, the process number has to do.
  return command === undefined || command.includes(argument);
}

/** Whether a process has this very file open, under whatever path. False where the system does not show it. */
export function hasOpen(pid: number, path: string): boolean {
  return openFilesOf(pid).some((file) => isSameFile(file, path));
}

function openFilesOf(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
}

/**
 * Ends a process by its number while it is the one that is meant: asks it, and kills it when it has not ended after
 * `graceMs`. Resolves when it is gone; false if it would not go.
 */
export async function endProcess(pid: number, isMeant: () => boolean, graceMs: number): Promise<boolean> {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isMeant() || !signalProcess(pid, signal)) {
      return true;
    }
    if (await isTrueWithin(() => !isMeant(), waitMs)) {
      return true;
    }
  }
  return false;
}

/** Asks again and again until it is true or the time is over. */
export async function isTrueWithin(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= end) {
      return false;
    }
    await delay(POLL_MS);
  }
  return true;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** False if it is gone or not ours to signal. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The command line as Linux shows it; empty for a process that has ended and waits for its parent. */
function readCommand(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}
