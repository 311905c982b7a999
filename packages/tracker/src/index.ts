/**
 * The deciding writer of a cell as a factory over ports: `new Tracker({ settings, log, bus, … })`, then `start()` and
 * `stop()`. It subscribes to commands only while it is in office.
 */
export type { TrackerFailure } from './failure.ts';
export { type StorageReading, StorageWatch, type StorageWatchOptions } from './health/storage-watch.ts';
export type { HealthSources, TrackerHealth } from './health/tracker-health.ts';
export { decideDue } from './office/decide-due.ts';
export type { DecideDue, DueFacts } from './office/timed-decisions.ts';
export { type CommandKeys, createKeyHash } from './outcomes/command-key.ts';
export { policiesOf } from './policies-of.ts';
export type {
  BusSubscription,
  MessageHandler,
  Random,
  Respond,
  TrackerBus,
} from './ports.ts';
export { DEFAULT_TRACKER_SETTINGS, type TrackerSettings } from './settings.ts';
export { type CreatedSnapshot, createSnapshot } from './snapshot/create-snapshot.ts';
export { openSnapshot } from './snapshot/open-snapshot.ts';
export { listSnapshots, readSnapshot, type SnapshotFile } from './snapshot/snapshot-files.ts';
export { Tracker, type TrackerOptions, type TrackerPhase, type TrackerStatus } from './tracker.ts';
