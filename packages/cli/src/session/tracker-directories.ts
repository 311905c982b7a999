import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import { readConfig } from './config.ts';
import { missingData, onlyCellIn } from './directory-log.ts';
import { STORE } from './store-copy.ts';
import { askedCell, targetOfDirectory } from './target.ts';

const REPLICA = /^\d{1,2}$/;
const FIRST_REPLICA = '1';

/** Where the trackers of a cell keep their state under a data directory. */
export interface TrackerDirectories {
  /** The data directory. */
  readonly data: string;
  readonly cell: string;
  /** In the order of their replicas; there may be none. */
  readonly replicas: readonly string[];
  /** The one that a tracker takes first. */
  readonly first: string;
}

/** Those of the directory that `--data` or the settings name. */
export async function trackerDirectories(call: Call): Promise<Result<TrackerDirectories, Failure>> {
  const config = readConfig(call.environment);
  if (!config.ok) {
    return config;
  }
  const missing = await missingData(call);
  if (missing !== undefined) {
    return fail(missing);
  }
  const data = resolve(call.directory, call.args.text('data') ?? config.value.data);
  const running = await targetOfDirectory(call, data);
  if (!running.ok) {
    return running;
  }
  const cell = running.value?.cell ?? askedCell(call) ?? (await cellAtRest(data)) ?? config.value.cell;
  const parent = join(data, 'tracker', cell);
  const names = await readdir(parent).catch(() => []);
  const replicas = names.filter((name) => REPLICA.test(name)).sort((one, other) => Number(one) - Number(other));
  return succeed({
    data,
    cell,
    replicas: replicas.map((name) => join(parent, name)),
    first: join(parent, FIRST_REPLICA),
  });
}

/** The one whose log is there; none where that is on a server of somebody else's. */
function cellAtRest(data: string): Promise<string | undefined> {
  return onlyCellIn(join(data, ...STORE)).catch(() => undefined);
}
