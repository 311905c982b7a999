import { join, resolve } from 'node:path';
import { createNodeDisk } from '@fleetbook/operations';
import { type CopyPart, holdsCopy, readCopy } from '@fleetbook/projector/archive';
import type { Call } from '../call.ts';

/** Where a copy of a cell's log is: in the directory named, or below it under the cell's name, as in an archive. */
export async function findCopy({ directory }: Call, name: string, cell: string): Promise<string | undefined> {
  const disk = createNodeDisk();
  for (const path of [resolve(directory, name), join(resolve(directory, name), cell)]) {
    if (await holdsCopy(disk, path)) {
      return path;
    }
  }
  return undefined;
}

/** The copy in a directory, from its first event. Throws CopyError. */
export function openCopy(path: string): AsyncGenerator<CopyPart> {
  return readCopy(createNodeDisk(), path);
}
