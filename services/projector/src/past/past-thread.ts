// Entry of a thread that answers questions about the past, beside the one that answers about the present.
import { parentPort, workerData } from 'node:worker_threads';
import { connectBus } from '@fleetbook/messaging';
import {
  createLogger,
  createMetrics,
  createNodeDisk,
  nodeFileParts,
  systemClock,
  systemTimers,
} from '@fleetbook/operations';
import { createPast } from '@fleetbook/replay';
import { openLog } from '@fleetbook/service';
import type { PastAnswer, PastPlace, PastQuestion } from './messages.ts';

/** How long a question may wait for the index; the sender asks again. */
const PATIENCE_MS = 1_000;

const { config, access, version, processId, directory }: PastPlace = workerData;
if (parentPort === null) {
  throw new Error('this module is the entry of a thread');
}
const port = parentPort;
const logger = createLogger({
  service: 'projector',
  version,
  serviceInstanceId: processId,
  level: config.logLevel,
  output: 'stdout',
});
const bus = await connectBus(access.nats);
const program = { name: 'projector', config, logger, metrics: createMetrics(), version, processId } as const;
const place = { ...access, bus, create: false, mark: undefined };
const log = await openLog(program, place, new AbortController().signal);
if (log === undefined) {
  throw new Error('the log was not opened');
}
const past = createPast({
  ...{ cell: config.cell, log, directory, logger, patienceMs: PATIENCE_MS },
  disk: createNodeDisk(),
  parts: nodeFileParts,
  clock: systemClock,
  timers: systemTimers,
});
port.on('message', ({ id, query, payload }: PastQuestion) => {
  void past.ask(query, payload).then((reply) => port.postMessage({ id, reply } satisfies PastAnswer));
});
