import type { EventLog } from '@fleetbook/event-log';
import type { AskDiskSpace } from '@fleetbook/operations';
import type { StorageReading } from '@fleetbook/tracker';

export interface StoragePlaces {
  readonly log: EventLog;
  /** Where the store of the log is, if that is on this machine. */
  readonly storeDirectory: string | undefined;
  readonly askDiskSpace: AskDiskSpace;
}

/** Reads what is known of the space for the log: the disk of its store, and the limits that its server states. */
export async function lookAtStorage({ log, storeDirectory, askDiskSpace }: StoragePlaces): Promise<StorageReading> {
  const [disk, stored] = await Promise.all([
    storeDirectory === undefined ? undefined : askDiskSpace(storeDirectory),
    log.storage?.(),
  ]);
  const quotas = (stored?.quotas ?? []).map(({ usedBytes, limitBytes }) => ({
    freeBytes: Math.max(0, limitBytes - usedBytes),
    totalBytes: limitBytes,
  }));
  return { logBytes: stored?.bytes, spaces: disk === undefined ? quotas : [disk, ...quotas] };
}
