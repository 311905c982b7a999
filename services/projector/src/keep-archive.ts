import { join } from 'node:path';
import type { EventLog } from '@fleetbook/event-log';
import { createNodeDisk, lockDirectory, type ServiceScope, systemTimers } from '@fleetbook/operations';
import { type Archiver, createArchiver } from '@fleetbook/projector/archive';
import type { Program } from '@fleetbook/service';

/** Keeps the archive that the configuration asks for, until the scope stops it; undefined where it asks for none. */
export function keepArchive(program: Program, scope: ServiceScope, log: EventLog): Archiver | undefined {
  const { config, logger, metrics } = program;
  if (config.archiveDirectory === undefined) {
    return undefined;
  }
  const directory = join(config.archiveDirectory, config.cell);
  const archiver = createArchiver({
    ...{ log, directory, logger, metrics, cell: config.cell, intervalMs: config.archiveIntervalMs },
    disk: createNodeDisk(),
    timers: systemTimers,
    take: () => takeArchive(directory, program),
  });
  scope.onStop('archive', () => archiver.stop());
  archiver.start();
  return archiver;
}

/** One process keeps it; where the directory cannot be locked because of the disk, writing there will say why. */
async function takeArchive(directory: string, { logger }: Program) {
  const locked = await lockDirectory(directory);
  if (locked.ok) {
    return locked.value;
  }
  if (locked.error.code === 'DATA_IN_USE') {
    return undefined;
  }
  logger.warn('the archive cannot be locked', { directory, errCode: locked.error.code, reason: locked.error.message });
  return { release: async () => undefined };
}
