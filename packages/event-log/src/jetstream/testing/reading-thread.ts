// Entry of a thread that reads the log of a cell: `workerData` states its servers.
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from 'nats';
import { serveReading } from '../serve-reading.ts';

const { servers }: { readonly servers: string } = workerData;
if (parentPort === null) {
  throw new Error('this module is the entry of a thread');
}
serveReading({ connection: await connect({ servers }), port: parentPort });
