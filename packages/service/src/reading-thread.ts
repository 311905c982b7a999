// Entry of a thread that reads the log beside the one that folds it. A long read begins with loading it, so that it
// imports little: no contracts, and no domain.
import { parentPort, workerData } from 'node:worker_threads';
import { serveReading } from '@fleetbook/event-log/jetstream/reading';
import { connectNats } from '@fleetbook/messaging/connection';
import type { ReadingPlace } from './start-reading-thread.ts';

const { nats }: ReadingPlace = workerData;
if (parentPort === null) {
  throw new Error('this module is the entry of a thread');
}
serveReading({ connection: await connectNats(nats), port: parentPort });
