import { constants, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { lockDirectory } from '@fleetbook/operations';
import type { Failure } from '../call.ts';
import { makeScratch, type Scratch } from './scratch.ts';

/** Where nats-server keeps its streams, below a data directory. */
export const STORE = ['nats-server', 'store'] as const;
const SERVER_PID = ['nats-server', 'server.pid'] as const;

/** A data directory of this process alone, with a copy of another's store; a server on it ends with the process. */
export async function copyStore(directory: string): Promise<Result<Scratch, Failure>> {
  // Under the directory's lock, so that nobody starts to write on the way.
  const locked = await lockDirectory(directory);
  if (!locked.ok) {
    return fail(locked.error);
  }
  try {
    const copy = makeScratch('data', endServer);
    const store = join(copy.path, ...STORE);
    await cp(join(directory, ...STORE), store, { recursive: true, mode: constants.COPYFILE_FICLONE });
    return succeed(copy);
  } finally {
    await locked.value.release();
  }
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
