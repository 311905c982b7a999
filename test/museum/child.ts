import { type ChildProcess, spawn } from 'node:child_process';

export interface Ended {
  /** Undefined when its time was over and it was killed. */
  readonly exitCode: number | undefined;
  readonly output: string;
}

/** Processes that this one started, each with all that it starts itself. */
const running = new Set<ChildProcess>();

/** Runs Node.js on its arguments. Whatever is left of it or its children when it ends or its time is over is killed. */
export function runNode(directory: string, args: readonly string[], timeoutMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd: directory,
      // A group of its own can be killed with all that is in it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let isOver = false;
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => {
      isOver = true;
      killGroup(child);
    }, timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      running.delete(child);
      killGroup(child);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code) => {
      settle();
      resolve({ exitCode: isOver ? undefined : (code ?? 1), output });
    });
  });
}

export function killAll(): void {
  for (const child of running) {
    killGroup(child);
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
