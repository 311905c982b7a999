import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Replicas on one machine that may share a data directory. */
const MAX_REPLICAS = 32;
const NAME = /^[1-9]\d?$/;
/** Those that keep a high-water mark. */
const SERVICES = ['tracker', 'projector'] as const;

/**
 * The directories that the replicas of a service and cell may take, each one of them: those there are, the one written
 * to last first, since its state is the newest; then those that may be made.
 */
export async function replicaDirectories(data: string, service: string, cell: string): Promise<readonly string[]> {
  const parent = join(data, service, cell);
  const all = Array.from({ length: MAX_REPLICAS }, (_, index) => String(index + 1));
  const known = new Set(await namesIn(parent));
  const dated = await Promise.all(
    all
      .filter((name) => known.has(name))
      .map(async (name) => ({ name, writtenMs: await writtenAt(join(parent, name)) })),
  );
  const newestFirst = dated.toSorted((left, right) => right.writtenMs - left.writtenMs).map(({ name }) => name);
  return [...newestFirst, ...all.filter((name) => !known.has(name))].map((name) => join(parent, name));
}

/** The directories that there are of any replica of any service of a cell. */
export async function stateDirectories(data: string, cell: string): Promise<readonly string[]> {
  const parents = SERVICES.map((service) => join(data, service, cell));
  const found = await Promise.all(
    parents.map(async (parent) => (await namesIn(parent)).map((name) => join(parent, name))),
  );
  return found.flat();
}

async function namesIn(parent: string): Promise<readonly string[]> {
  return (await readdir(parent).catch(() => [])).filter((name) => NAME.test(name)).sort();
}

/** When a file in it was last replaced or removed. */
async function writtenAt(directory: string): Promise<number> {
  const found = await stat(directory).catch(() => undefined);
  return found?.mtimeMs ?? 0;
}
