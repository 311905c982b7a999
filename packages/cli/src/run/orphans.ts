import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSameFile } from '@fleetbook/messaging';

export interface OrphanSearch {
  /** As the process that supervised them noted them, if it came to that. */
  readonly pids: readonly number[];
  /** Paths of our programs. */
  readonly programs: readonly string[];
  /** Where the services of the data directory write their logs. */
  readonly logs: string;
}

const GRACE_MS = 5_000;
const POLL_MS = 25;

/**
 * Ends services that outlived the process that supervised them: those it noted, and those that write their logs here. A
 * pid counts only while its command line still names one of our programs; where the system does not show command lines
 * nothing is ended.
 */
export async function endOrphans({ pids, programs, logs }: OrphanSearch): Promise<void> {
  const found = new Set([...pids, ...(await findWritersOf(logs, programs))]);
  const orphans = await Promise.all([...found].map(async (pid) => ({ pid, isOurs: await runs(pid, programs) })));
  await Promise.all(orphans.filter(({ isOurs }) => isOurs).map(({ pid }) => end(pid, programs)));
}

/** One that was killed just after it had started a service had no time to note it. */
async function findWritersOf(logs: string, programs: readonly string[]): Promise<readonly number[]> {
  const names = await readdir(logs).catch(() => []);
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const judged = await Promise.all(
    processes.map(async (pid) => {
      const isOurs = await runs(pid, programs);
      return { pid, writesHere: isOurs && names.some((name) => isSameFile(join(logs, name), `/proc/${pid}/fd/1`)) };
    }),
  );
  return judged.filter(({ writesHere }) => writesHere).map(({ pid }) => pid);
}

async function end(pid: number, programs: readonly string[]): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    send(pid, signal);
    const limit = performance.now() + GRACE_MS;
    while (performance.now() < limit) {
      if (!(await runs(pid, programs))) {
        return;
      }
      await delay(POLL_MS);
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended in between, which is what is wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}

async function runs(pid: number, programs: readonly string[]): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const words = command.split('\0');
  return programs.some((program) => words.includes(program));
}
