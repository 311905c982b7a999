// Entry of a process that starts as a tracker or a projector does, up to where it could begin its work, and says how
// long that took: `start-process.ts KIND URL USER PASSWORD CELL DIRECTORY`.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { connectBus } from '@fleetbook/messaging';
import { createMetrics, createNodeDisk, slicesOn, systemClock, systemTimers } from '@fleetbook/operations';
import { memoryLogger, memoryMarks } from '@fleetbook/operations/testing';
import { createProjector } from '@fleetbook/projector';
import { startReadingThread } from '@fleetbook/service';
import { createKeyHash, createSnapshot, openSnapshot } from '@fleetbook/tracker';
import type { StartReport } from './start-report.ts';

const TIMEOUT_MS = 600_000;
const NEVER_MS = 3_600_000;

const [kind = '', url = '', user = '', password = '', cell = '', directory = ''] = process.argv.slice(2);

async function main(): Promise<StartReport> {
  const nats = { servers: [url], name: 'fleetbook-bench-start', user, password };
  const bus = await connectBus(nats);
  const log = await openJetStreamLog({
    ...{ connection: bus.connection, cell, create: false, appendTimeoutMs: TIMEOUT_MS },
    startReadingThread: () => startReadingThread({ nats }),
  });
  try {
    return kind === 'tracker' ? await startTracker(log) : await startProjector(log);
  } finally {
    await log.close();
    await bus.close();
  }
}

type Log = Awaited<ReturnType<typeof openJetStreamLog>>;

/** Folds the log from the newest snapshot on, and saves another one where that was anything. */
async function startTracker(log: Log): Promise<StartReport> {
  const options = {
    ...{ log, cell, directory, disk: createNodeDisk(), clock: systemClock, timers: systemTimers },
    ...{ logger: memoryLogger(), keysOf: createKeyHash, keySeed: 7 },
    slices: slicesOn(systemClock, () => new Promise((resolve) => systemTimers.soon(resolve)))(),
  };
  const { value: created, ...taken } = await timed(() => createSnapshot(options));
  if (!created.ok) {
    throw new Error(`no snapshot was made: ${created.error.code}`);
  }
  const before = await memory();
  const state = await openSnapshot(options);
  if (state === undefined) {
    throw new Error('the snapshot could not be opened');
  }
  const after = await memory();
  const { path: savedPath } = created.value;
  // What was read counts only as long as something holds it.
  const number = state.bookmark.number;
  return { ...taken, ...grown(before, after), ...(savedPath === undefined || number === 0 ? {} : { savedPath }) };
}

async function startProjector(log: Log): Promise<StartReport> {
  const before = await memory();
  const projector = createProjector({
    ...{ cell, id: 'bench', log, directory, version: '0.1.0', pid: process.pid, disk: createNodeDisk() },
    marks: memoryMarks(),
    ...{ clock: systemClock, logger: memoryLogger(), metrics: createMetrics(), checkpointIntervalMs: NEVER_MS },
    checkpointIntervalEvents: Number.MAX_SAFE_INTEGER,
  });
  const { value: _, ...taken } = await timed(async () => {
    projector.start();
    while (projector.status.phase !== 'live') {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  const after = await memory();
  await projector.stop();
  return { ...taken, ...grown(before, after) };
}

async function timed<Value>(work: () => Promise<Value>) {
  const pauses = monitorEventLoopDelay({ resolution: 1 });
  pauses.enable();
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  const value = await work();
  const used = process.cpuUsage(startCpu);
  const seconds = (performance.now() - startMs) / 1_000;
  pauses.disable();
  return { value, seconds, cpuSeconds: (used.user + used.system) / 1e6, longestPauseMs: pauses.max / 1e6 };
}

type Memory = Awaited<ReturnType<typeof memory>>;

function grown(before: Memory, after: Memory): Pick<StartReport, 'stateBytes' | 'residentBytes'> {
  return { stateBytes: after.heldBytes - before.heldBytes, residentBytes: after.residentBytes };
}

const SETTLING_MS = 50;

/** Once it shrinks no more: buffers that nobody holds are given back by a thread of V8, a moment after a collection. */
async function memory() {
  for (let least = Number.POSITIVE_INFINITY; ; ) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
    const { rss, heapUsed, external } = process.memoryUsage();
    const heldBytes = heapUsed + external;
    if (heldBytes >= least) {
      return { residentBytes: rss, heldBytes };
    }
    least = heldBytes;
  }
}

process.stdout.write(`${JSON.stringify(await main())}\n`);
