import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { lockDirectory } from '@fleetbook/operations';
import { type Failure, usageFailure } from '../call.ts';

/** Says that everything beside it was made by a demo and may go. */
const MARK = 'made-by-fleetbook-demo';

const ENDPOINT = 'endpoint.json';

/** Whether a demo that was killed left processes behind, which the next cell on the directory has to end first. */
export const hasOrphans = (directory: string): boolean =>
  existsSync(join(directory, MARK)) && existsSync(join(directory, ENDPOINT));

/**
 * Empties the directory of an earlier demo and marks it as one of a demo. Anything that no demo made is left alone:
 * USAGE. A directory in use is DATA_IN_USE.
 */
export const clearForDemo = async (directory: string): Promise<Result<void, Failure>> => {
  const found = await readdir(directory).catch((): string[] => []);
  if (found.length > 0 && !found.includes(MARK)) {
    const reason = `${directory} holds what no demo has made, and a demo empties its directory`;
    return fail(usageFailure(reason, 'Name an empty directory, or one of an earlier demo, with --data.'));
  }
  const lock = await lockDirectory(directory);
  if (!lock.ok) {
    return lock;
  }
  await lock.value.release();
  for (const entry of await readdir(directory)) {
    await rm(join(directory, entry), { recursive: true, force: true });
  }
  await writeFile(join(directory, MARK), '');
  return succeed(undefined);
};
