import { basename, dirname } from 'node:path';
import type { HighWaterMark } from '@fleetbook/contracts';
import {
  createLogger,
  createMetrics,
  createNodeDisk,
  type MarkKeeper,
  openMarkKeeper,
  stateDirectories,
  systemClock,
} from '@fleetbook/operations';
import { packageVersion } from '../version.ts';

/** How far somebody knows a history to have been durable. */
export interface KnownEnd {
  /** Who knows it, for people. */
  readonly source: string;
  readonly historyId: string;
  readonly number: number;
}

const NEVER_MS = 2 ** 31 - 1;

/** The high-water marks that services of a cell left in a data directory, of all replicas. */
export async function marksIn(directory: string, cell: string): Promise<readonly KnownEnd[]> {
  return (await keptIn(directory, cell)).map(({ source, mark }) => ({ source, ...endOf(mark) }));
}

/** The same, whole. */
export async function keptIn(
  directory: string,
  cell: string,
): Promise<readonly { readonly source: string; readonly mark: HighWaterMark }[]> {
  const paths = await stateDirectories(directory, cell);
  const kept = await Promise.all(
    paths.map(async (path) => ({ source: nameOf(path), mark: (await readMarks(path)).mark })),
  );
  return kept.flatMap(({ source, mark }) => (mark === undefined ? [] : [{ source, mark }]));
}

/** `tracker 1` for `…/tracker/main/1`. */
function nameOf(path: string): string {
  return `${basename(dirname(dirname(path)))} ${basename(path)}`;
}

function endOf({ historyId, number }: HighWaterMark): Omit<KnownEnd, 'source'> {
  return { historyId, number };
}

/** Only reads: nothing is raised. */
function readMarks(directory: string): Promise<MarkKeeper> {
  const logger = createLogger({
    ...{ service: 'cli', version: packageVersion(), serviceInstanceId: 'cli' },
    ...{ level: 'silent', output: 'stderr' },
  });
  const timers = { after: () => () => undefined };
  const surroundings = { disk: createNodeDisk(), clock: systemClock, timers, logger, metrics: createMetrics() };
  return openMarkKeeper({ directory, ...surroundings, intervalMs: NEVER_MS });
}
