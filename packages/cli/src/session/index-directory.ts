import { copyFile, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isSealName } from '@fleetbook/replay';
import type { OpenLog } from './log-at.ts';
import { indexIn } from './past-source.ts';
import { makeScratch } from './scratch.ts';

/** Where an index of a log is, for as long as one call needs it. */
export interface IndexDirectory {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * Where nothing runs on a directory, and with a file, the index that stands there is used. Elsewhere one is made for
 * this call: it begins with what services have indexed in a directory of this machine, which is theirs to write.
 */
export async function indexDirectoryOf(opened: OpenLog, name: string): Promise<IndexDirectory> {
  const { cell, directory, incident, target } = opened;
  const standing = incident?.directory ?? (directory === undefined ? undefined : indexIn(directory, cell));
  if (standing !== undefined) {
    return { path: standing, release: async () => undefined };
  }
  const made = makeScratch(name);
  if (target?.directory !== undefined) {
    await takeOver(indexIn(target.directory, cell), made.path);
  }
  return { path: made.path, release: made.remove };
}

/**
 * Of what is large, only where it is: seals, which tell what an index has, are small, and a link is none when they are
 * looked for. What goes while this is done is missing in the index, and is read from the log.
 */
async function takeOver(from: string, to: string): Promise<void> {
  const names = await readdir(from).catch(() => []);
  for (const name of names) {
    const take = isSealName(name) ? copyFile : symlink;
    await take(join(from, name), join(to, name)).catch(() => undefined);
  }
}
