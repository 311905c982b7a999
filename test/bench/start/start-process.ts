// Entry of a process that starts as a tracker or a projector does, up to where it could begin its work, and says how
// long that took: `start-process.ts KIND URL USER PASSWORD CELL DIRECTORY`.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { connectBus } from '@fleetbook/messaging';
import { createMetrics, createNodeDisk, slicesOn, systemClock, systemTimers } from '@fleetbook/operations';
import { memoryLogger, memoryMarks } from '@fleetbook/operations/testing';
import { createProjector } from '@fleetbook/projector';
import { startReadingThread } from '@fleetbook/service';
import { createKeyHash, createSnapshot, listSnapshots, openSnapshot, readSnapshot } from '@fleetbook/tracker';

const TIMEOUT_MS = 600_000;
const NEVER_MS = 3_600_000;

const [kind = '', url = '', user = '', password = '', cell = '', directory = ''] = process.argv.slice(2);

async function main(): Promise<object> {
  const nats = { servers: [url], name: 'fleetbook-bench-start', user, password };
  const bus = await connectBus(nats);
  const log = await openJetStreamLog({
    ...{ connection: bus.connection, cell, create: false, appendTimeoutMs: TIMEOUT_MS },
    startReadingThread: () => startReadingThread({ nats, cell }),
  });
  try {
    return kind === 'tracker' ? await startTracker(log) : await startProjector(log);
  } finally {
    await log.close();
    await bus.close();
  }
}

type Log = Awaited<ReturnType<typeof openJetStreamLog>>;

/** Reads the newest snapshot by itself first, to tell how much of the start that is. */
async function startTracker(log: Log): Promise<object> {
  const disk = createNodeDisk();
  const startMs = performance.now();
  const listed = await listSnapshots(disk, directory);
  const [newest] = listed.ok ? listed.value : [];
  const read = newest === undefined ? undefined : await readSnapshot(disk, newest.path);
  const readMs = performance.now() - startMs;
  let rows = 0;
  for (const chunk of read?.ok ? read.value.chunks : []) {
    rows += chunk.rows.length;
  }
  const parsedMs = performance.now() - startMs;
  const pauses = monitorEventLoopDelay({ resolution: 1 });
  pauses.enable();
  const startedMs = performance.now();
  const startCpu = process.cpuUsage();
  const options = {
    ...{ log, cell, directory, disk, clock: systemClock, timers: systemTimers, logger: memoryLogger() },
    ...{ keysOf: createKeyHash, keySeed: 7 },
    slices: slicesOn(systemClock, () => new Promise((resolve) => systemTimers.soon(resolve)))(),
  };
  const created = await createSnapshot(options);
  const used = process.cpuUsage(startCpu);
  const seconds = (performance.now() - startedMs) / 1_000;
  pauses.disable();
  const before = memory();
  const state = await openSnapshot(options);
  const after = memory();
  return {
    ...{ readSeconds: readMs / 1_000, parseSeconds: (parsedMs - readMs) / 1_000, rows },
    seconds,
    cpuSeconds: (used.user + used.system) / 1e6,
    longestPauseMs: pauses.max / 1e6,
    created: created.ok ? { ...created.value } : created.error.code,
    stateNumber: state?.bookmark.number,
    stateBytes: after.heapBytes + after.externalBytes - before.heapBytes - before.externalBytes,
    ...after,
  };
}

async function startProjector(log: Log): Promise<object> {
  const projector = createProjector({
    ...{ cell, id: 'bench', log, directory, version: '0.1.0', pid: process.pid, disk: createNodeDisk() },
    marks: memoryMarks(),
    ...{ clock: systemClock, logger: memoryLogger(), metrics: createMetrics(), checkpointIntervalMs: NEVER_MS },
    checkpointIntervalEvents: Number.MAX_SAFE_INTEGER,
  });
  const startedMs = performance.now();
  const startCpu = process.cpuUsage();
  projector.start();
  while (projector.status.phase !== 'live') {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const used = process.cpuUsage(startCpu);
  const number = projector.view.bookmark.number;
  const measured = { number, seconds, cpuSeconds: (used.user + used.system) / 1e6, ...memory() };
  await projector.stop();
  return { ...measured, secondsToSave: (performance.now() - startedMs) / 1_000 - seconds };
}

function memory() {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed, externalBytes: external };
}

process.stdout.write(`${JSON.stringify(await main())}\n`);
