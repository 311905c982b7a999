import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 5_000;
const POLL_MS = 25;

/**
 * Ends services that outlived the process that supervised them. A pid counts only while its command line still names
 * one of our programs; where the system does not show command lines nothing is ended.
 */
export async function endOrphans(
  pids: Readonly<Record<string, number>> | undefined,
  programs: readonly string[],
): Promise<void> {
  const orphans = await Promise.all(
    Object.values(pids ?? {}).map(async (pid) => ({ pid, isOurs: await runs(pid, programs) })),
  );
  await Promise.all(orphans.filter(({ isOurs }) => isOurs).map(({ pid }) => end(pid, programs)));
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
