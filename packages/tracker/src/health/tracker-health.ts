import type { HealthAnswer, HealthCheck } from '@fleetbook/contracts';
import { type LoopWatch, type MarkKeeper, worstOf } from '@fleetbook/operations';
import type { StateDoubts } from '../office/state-doubts.ts';
import type { Snapshotter } from '../snapshot/snapshotter.ts';
import { saveCheck } from './checks.ts';
import type { StorageWatch } from './storage-watch.ts';

export type TrackerHealth = Pick<HealthAnswer, 'status' | 'checks' | 'storage'>;

/** What a tracker's health is told of besides its office. The caller starts and stops it. */
export interface HealthSources {
  /** What this process and the ones before it in its directory know to be durable. */
  readonly marks: MarkKeeper;
  readonly storage?: StorageWatch;
  readonly loop?: Pick<LoopWatch, 'check'>;
}

interface StateSources {
  readonly snapshotter: Pick<Snapshotter, 'failure'>;
  readonly doubts: Pick<StateDoubts, 'check'>;
}

export function trackerHealth(
  { marks, storage, loop, snapshotter, doubts }: HealthSources & StateSources,
  ofOffice: readonly HealthCheck[],
): TrackerHealth {
  const others = [loop?.check(), storage?.check()].filter((check) => check !== undefined);
  const saves = [saveCheck('high-water mark', marks.failure), saveCheck('snapshot', snapshotter.failure)];
  const checks = [...ofOffice, doubts.check(), ...saves, ...others];
  return { status: worstOf(checks), checks, ...(storage === undefined ? {} : { storage: storage.facts() }) };
}
