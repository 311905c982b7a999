import { join } from 'node:path';
import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type DirectoryLock, lockDirectory } from '@fleetbook/operations';

export interface OwnDirectory {
  readonly path: string;
  readonly lock: DirectoryLock;
}

/** Replicas on one machine that may share a data directory. */
const MAX_REPLICAS = 32;

/** The first directory under `data` that no other running replica of the cell has. */
export async function takeOwnDirectory(data: string, cell: string): Promise<Result<OwnDirectory, FleetbookError>> {
  let error: FleetbookError = fleetbookError('UNAVAILABLE');
  for (let replica = 1; replica <= MAX_REPLICAS; replica += 1) {
    const path = join(data, 'projector', cell, String(replica));
    const locked = await lockDirectory(path);
    if (locked.ok) {
      return succeed({ path, lock: locked.value });
    }
    error = locked.error;
    if (error.code !== 'DATA_IN_USE') {
      break;
    }
  }
  return fail(error);
}
