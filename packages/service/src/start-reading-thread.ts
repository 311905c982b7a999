import { Worker } from 'node:worker_threads';
import type { ConnectionSettings } from '@fleetbook/messaging/connection';

/** What a thread is given to find the log: values only, functions cannot be handed over. */
export interface ReadingPlace {
  readonly nats: Omit<ConnectionSettings, 'signal' | 'onWaiting'>;
}

/** Starts a thread that receives and verifies the log of a cell. */
export function startReadingThread(place: ReadingPlace): Worker {
  return new Worker(new URL('./reading-thread.ts', import.meta.url), { workerData: place });
}
