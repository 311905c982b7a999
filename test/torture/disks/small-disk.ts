import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mountDisk } from './mounted-disk.ts';

/** A disk in memory, of which as much can be taken as one likes. */
export interface SmallDisk {
  readonly path: string;
  /** Takes what is more than this share of it; from 0 everything, to the last byte. */
  leave(freeShare: number): Promise<void>;
  /** Gives back what was taken. */
  makeRoom(): Promise<void>;
  dispose(): Promise<void>;
}

export type SmallDiskOrNot =
  | { readonly ok: true; readonly disk: SmallDisk }
  | { readonly ok: false; readonly reason: string };

const SCRIPT = 'mkdir mounted && mount -t tmpfs -o size="$1" tmpfs mounted && echo done && read -r line';

/** Needs rights over namespaces, which most systems give to everybody; says what was missing. */
export async function makeSmallDisk(bytes: number): Promise<SmallDiskOrNot> {
  const mounting = await mountDisk({ namespaces: ['--user', '--map-root-user'], script: SCRIPT, bytes });
  if (!mounting.ok) {
    return mounting;
  }
  const { path, dispose } = mounting.disk;
  const ballast = join(path, 'ballast');
  const makeRoom = (): Promise<void> => rm(ballast, { force: true });
  const disk: SmallDisk = {
    ...{ path, makeRoom, dispose },
    async leave(freeShare) {
      await makeRoom();
      const { blocks, bsize, bavail } = await statfs(path);
      const taken = freeShare === 0 ? blocks : Math.floor(bavail - blocks * freeShare);
      await writeFile(ballast, Buffer.alloc(taken * bsize)).catch(orIsFull);
    },
  };
  return { ok: true, disk };
}

function orIsFull(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) {
    throw error;
  }
}
