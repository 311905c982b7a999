import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HighWaterMark } from '@fleetbook/contracts';
import {
  createLogger,
  createMetrics,
  createNodeDisk,
  type MarkKeeper,
  openMarkKeeper,
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

const SERVICES = ['tracker', 'projector'] as const;
const NEVER_MS = 2 ** 31 - 1;

/** The high-water marks that services of a cell left in a data directory, of all replicas. */
export async function marksIn(directory: string, cell: string): Promise<readonly KnownEnd[]> {
  const found: KnownEnd[] = [];
  for (const service of SERVICES) {
    for (const replica of await replicasIn(join(directory, service, cell))) {
      const { mark } = await readMarks(join(directory, service, cell, replica));
      if (mark !== undefined) {
        found.push({ source: `${service} ${replica}`, ...endOf(mark) });
      }
    }
  }
  return found;
}

function endOf({ historyId, number }: HighWaterMark): Omit<KnownEnd, 'source'> {
  return { historyId, number };
}

async function replicasIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => /^\d{1,2}$/.test(name)).sort();
}

/** Saves what it is told when it is stopped, and nothing before. */
function readMarks(directory: string): Promise<MarkKeeper> {
  const logger = createLogger({
    ...{ service: 'cli', version: packageVersion(), serviceInstanceId: 'cli' },
    ...{ level: 'silent', output: 'stderr' },
  });
  const timers = { after: () => () => undefined };
  const surroundings = { disk: createNodeDisk(), clock: systemClock, timers, logger, metrics: createMetrics() };
  return openMarkKeeper({ directory, ...surroundings, intervalMs: NEVER_MS });
}
