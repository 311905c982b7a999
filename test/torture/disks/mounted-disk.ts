import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A file system that a process of its own has mounted: it is seen at `path` only, and is gone with this process. */
export interface MountedDisk {
  readonly path: string;
  /** Gives the script a line to work on; resolves when that is done. */
  tell(line: string): Promise<void>;
  /** Nobody may use it any more. */
  dispose(): Promise<void>;
}

export type Mounting =
  | { readonly ok: true; readonly disk: MountedDisk }
  /** What this machine does not let us do. */
  | { readonly ok: false; readonly reason: string };

export interface MountingOptions {
  /** Of `unshare`: which rights the script needs. */
  readonly namespaces: readonly string[];
  /**
   * Runs in an empty directory, with the size as `$1`; mounts a file system at `mounted`, and prints `done` after that
   * and after each line that it reads.
   */
  readonly script: string;
  readonly bytes: number;
}

/** Starts a process that mounts a file system where only it sees it, and keeps it mounted. */
export async function mountDisk({ namespaces, script, bytes }: MountingOptions): Promise<Mounting> {
  const directory = await mkdtemp(join(tmpdir(), 'fleetbook-disk-'));
  const words = [...namespaces, '--mount', 'sh', '-c', `cd "$0" && ${script}`, directory, String(bytes)];
  const holder = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<void>((resolve) => {
    holder.once('error', (error) => {
      said += error.message;
      resolve();
    });
    holder.once('close', () => resolve());
  });
  const lines = createInterface({ input: holder.stdout })[Symbol.asyncIterator]();
  const isDone = async (): Promise<boolean> => (await lines.next()).value === 'done';
  const dispose = async (): Promise<void> => {
    holder.stdin.end();
    await ended;
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  if (!(await isDone())) {
    await dispose();
    return { ok: false, reason: `this machine lets nobody mount a disk for it: ${said.trim().replaceAll('\n', ' ')}` };
  }
  return {
    ok: true,
    disk: {
      path: join(`/proc/${holder.pid}/root`, directory, 'mounted'),
      async tell(line) {
        holder.stdin.write(`${line}\n`);
        if (!(await isDone())) {
          throw new Error(`the mounted disk is gone: ${said}`);
        }
      },
      dispose,
    },
  };
}
