import { constants, readFileSync, rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { lockDirectory } from '@fleetbook/operations';
import type { Failure } from '../call.ts';

/** Where nats-server keeps its streams, below a data directory. */
export const STORE = ['nats-server', 'store'] as const;
const SERVER_PID = ['nats-server', 'server.pid'] as const;

/** A data directory of this process alone, with a copy of another's store. */
export interface StoreCopy {
  readonly path: string;
  remove(): Promise<void>;
}

/** Copies under the directory's lock, so that nobody starts to write on the way. */
export async function copyStore(directory: string): Promise<Result<StoreCopy, Failure>> {
  const locked = await lockDirectory(directory);
  if (!locked.ok) {
    return fail(locked.error);
  }
  try {
    const path = await mkdtemp(join(tmpdir(), 'fleetbook-data-'));
    const forget = cleanUpAtExit(path);
    await cp(join(directory, ...STORE), join(path, ...STORE), { recursive: true, mode: constants.COPYFILE_FICLONE });
    const remove = async (): Promise<void> => {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
      forget();
    };
    return succeed({ path, remove });
  } finally {
    await locked.value.release();
  }
}

/** Ctrl-C, or a reader that has had enough, ends the process at once: copy and server go with it. */
function cleanUpAtExit(copy: string): () => void {
  const cleanUp = (): void => {
    endServer(copy);
    rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', cleanUp);
  return () => process.off('exit', cleanUp);
}

/** A server that has not been started, or has ended already, needs no end. */
function endServer(copy: string): void {
  try {
    process.kill(Number(readFileSync(join(copy, ...SERVER_PID), 'utf8')), 'SIGKILL');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'ESRCH') {
      throw error;
    }
  }
}
