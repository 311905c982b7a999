import type { EventLog } from '@fleetbook/event-log';
import { filePartsOf, systemClock, systemTimers } from '@fleetbook/operations';
import { type MemoryDisk, memoryDisk } from '@fleetbook/operations/testing';
import { exportBundle } from '../incident/export-bundle.ts';
import { openBundle } from '../incident/open-bundle.ts';
import { pastOf } from './past-of.ts';

export interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly segmentEvents?: number;
  readonly redactionKey?: string;
  /** With the index of the log in /replay. */
  readonly disk?: MemoryDisk;
}

/** A range of a log in a file. */
export async function exported(log: EventLog, { from, to, disk = memoryDisk(), ...more }: Wanted) {
  const surroundings = { disk, parts: filePartsOf(disk), directory: '/replay', cell: 'main', log };
  const range = { from: String(from), to: String(to), clock: systemClock, timers: systemTimers };
  const bundle = await exportBundle({ ...surroundings, ...range, ...more });
  if (!bundle.ok) {
    throw new Error(bundle.error.message);
  }
  return bundle.value;
}

/** What is said of a file, and the past that it holds. */
export async function opened(bytes: Buffer) {
  const disk = memoryDisk();
  const bundle = await openBundle('a.incident', bytes, { disk, directory: '/replay' });
  if (!bundle.ok) {
    throw new Error(`${bundle.error.code} ${bundle.error.message}`);
  }
  const { manifest, log } = bundle.value;
  return { manifest, log, disk, past: pastOf(log, {}, disk) };
}
