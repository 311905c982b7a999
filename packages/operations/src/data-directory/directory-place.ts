import { realpath, stat } from 'node:fs/promises';
import { z } from 'zod';

export const placeSchema = z.object({ path: z.string(), device: z.string(), inode: z.string() });

/** Tells a directory from its copies: where it is, and what the file system knows it by. */
export type DirectoryPlace = Readonly<z.output<typeof placeSchema>>;

/** Throws as `stat` does where there is no such directory. */
export async function placeOf(directory: string): Promise<DirectoryPlace> {
  const [path, { dev, ino }] = await Promise.all([realpath(directory), stat(directory, { bigint: true })]);
  return { path, device: String(dev), inode: String(ino) };
}

/** Whether a directory is the one that a place was taken of: still there, or moved, or seen by another path. */
export async function isAt(place: DirectoryPlace, directory: string): Promise<boolean> {
  const now = await placeOf(directory).catch(() => undefined);
  return now !== undefined && (now.path === place.path || (now.device === place.device && now.inode === place.inode));
}
