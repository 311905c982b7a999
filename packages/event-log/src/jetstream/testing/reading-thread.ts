// Entry of a thread that reads the log of a cell: `workerData` states its servers and its name.
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from 'nats';
import { serveReading } from '../serve-reading.ts';

const { servers, cell }: { readonly servers: string; readonly cell: string } = workerData;
if (parentPort === null) {
  throw new Error('this module is the entry of a thread');
}
serveReading({ connection: await connect({ servers }), cell, port: parentPort });
