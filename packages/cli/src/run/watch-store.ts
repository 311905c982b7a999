import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningServer, writeFaultAt } from '@fleetbook/messaging';

export interface StoreWatch {
  /** The data directory, on the disk that the store is on. */
  readonly directory: string;
  readonly server: () => RunningServer;
  readonly signal: AbortSignal;
  /** The server has given up writing and is ended once there is room. */
  readonly onFault: (pid: number, reason: string) => void;
}

const LOOK_MS = 1_000;
/** Below this a server that is started again would give up again at once. */
const ROOM_BYTES = 4 << 20;
/** A fault that room does not cure is not met by one start after the other. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;

/**
 * nats-server gives up writing a stream at the first write that fails, and stays so when there is space again: it is
 * ended as soon as the disk has room, for its supervisor to start it again. Resolves when `signal` says so.
 */
export async function watchStore({ directory, server, signal, onFault }: StoreWatch): Promise<void> {
  const pause = (waitMs: number) => delay(waitMs, undefined, { signal }).catch(() => undefined);
  let restMs = FIRST_REST_MS;
  while (!signal.aborted) {
    await pause(LOOK_MS);
    const watched = server();
    const fault = signal.aborted ? undefined : await writeFaultAt(watched.monitoringUrl);
    if (fault === undefined) {
      continue;
    }
    onFault(watched.pid, fault);
    await pause(restMs);
    restMs = Math.min(2 * restMs, LONGEST_REST_MS);
    while (!signal.aborted && !(await hasRoom(directory))) {
      await pause(LOOK_MS);
    }
    if (!signal.aborted) {
      await watched.stop();
    }
  }
}

async function hasRoom(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize >= ROOM_BYTES;
}
