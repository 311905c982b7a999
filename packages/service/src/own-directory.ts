import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { lockDirectory, replicaDirectories, type ServiceScope } from '@fleetbook/operations';
import type { Program } from './program.ts';

/**
 * A directory under the data directory that no other running replica of the service and cell has, until the scope ends.
 * One that cannot be locked because of the disk is used all the same: what is kept there may be read still, and what
 * cannot be written is told by health. Error: DATA_IN_USE when every one is taken.
 */
export async function takeOwnDirectory(program: Program, scope: ServiceScope): Promise<Result<string, FleetbookError>> {
  const { name, config, logger } = program;
  let error: FleetbookError = fleetbookError('UNAVAILABLE');
  for (const path of await replicaDirectories(config.data, name, config.cell)) {
    const locked = await lockDirectory(path);
    if (locked.ok) {
      scope.onStop('directory', () => locked.value.release());
      return succeed(path);
    }
    error = locked.error;
    if (error.code !== 'DATA_IN_USE') {
      logger.warn('the state directory cannot be locked', { path, errCode: error.code, reason: error.message });
      return succeed(path);
    }
  }
  return fail(error);
}
