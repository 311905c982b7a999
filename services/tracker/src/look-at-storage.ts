import type { EventLog } from '@fleetbook/event-log';
import type { AskDiskSpace } from '@fleetbook/operations';
import type { StorageReading } from '@fleetbook/tracker';

export interface StoragePlaces {
  readonly log: EventLog;
  /** Where the store of the log is, if that is on this machine. */
  readonly storeDirectory: string | undefined;
  readonly askDiskSpace: AskDiskSpace;
}

/**
 * Gives what reads what is known of the space for the log: the disk of its store, and the limits that its server
 * states. A store that was there once and is not any more is told by itself: its server may go on for long without.
 */
export function storageLook({ log, storeDirectory, askDiskSpace }: StoragePlaces): () => Promise<StorageReading> {
  let wasThere = false;
  return async () => {
    const disk = storeDirectory === undefined ? undefined : await askDiskSpace(storeDirectory);
    if (wasThere && disk === undefined) {
      return { logBytes: undefined, spaces: [], goneStore: storeDirectory };
    }
    wasThere = disk !== undefined;
    const stored = await log.storage?.();
    const quotas = (stored?.quotas ?? []).map(({ usedBytes, limitBytes }) => ({
      freeBytes: Math.max(0, limitBytes - usedBytes),
      totalBytes: limitBytes,
    }));
    return { logBytes: stored?.bytes, spaces: disk === undefined ? quotas : [disk, ...quotas] };
  };
}
