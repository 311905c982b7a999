// Entry of a thread that reads the log beside the one that folds it.
import { parentPort, workerData } from 'node:worker_threads';
import { serveReading } from '@fleetbook/event-log/jetstream';
import { connectBus } from '@fleetbook/messaging';
import type { ReadingPlace } from './start-reading-thread.ts';

const { nats, cell }: ReadingPlace = workerData;
if (parentPort === null) {
  throw new Error('this module is the entry of a thread');
}
const { connection } = await connectBus(nats);
serveReading({ connection, cell, port: parentPort });
