// Entry of a process that folds a log into an inventory, as a projector without a checkpoint does when it starts.
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { type Bus, connectBus } from '@fleetbook/messaging';
import { createMetrics, systemClock } from '@fleetbook/operations';
import { memoryDisk, memoryLogger, memoryMarks } from '@fleetbook/operations/testing';
import { createProjector } from '@fleetbook/projector';
import { startReadingThread } from '@fleetbook/service';
import { serveTasks } from './serve-tasks.ts';
import type { FoldReport, FoldTask } from './tasks.ts';

const FOLD_TIMEOUT_MS = 600_000;
const LOG_TIMEOUT_MS = 5_000;
/** Longer than any fold: none is interrupted by a checkpoint. */
const CHECKPOINT_INTERVAL_MS = 3_600_000;

let bus: Bus | undefined;

async function work(task: FoldTask): Promise<FoldReport> {
  const { url, user, password, cell } = task;
  const nats = { servers: [url], name: 'fleetbook-bench-fold', user, password };
  bus = await connectBus(nats);
  const log = await openJetStreamLog({
    connection: bus.connection,
    cell,
    create: false,
    startReadingThread: () => startReadingThread({ nats }),
    appendTimeoutMs: LOG_TIMEOUT_MS,
  });
  const projector = createProjector({
    id: String(process.pid),
    ...{ cell, log, directory: '.', version: '0.1.0', pid: process.pid },
    disk: memoryDisk(),
    marks: memoryMarks(),
    clock: systemClock,
    logger: memoryLogger(),
    metrics: createMetrics(),
    checkpointIntervalMs: CHECKPOINT_INTERVAL_MS,
    checkpointIntervalEvents: Number.MAX_SAFE_INTEGER,
  });
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  projector.start();
  if (!(await projector.reached(task.upTo, FOLD_TIMEOUT_MS))) {
    throw new Error(`the fold did not reach event ${task.upTo}: ${JSON.stringify(projector.status)}`);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const used = process.cpuUsage(startCpu);
  const events = projector.view.bookmark.number;
  const digest = projector.view.digest.hex();
  const secondsWithDigest = (performance.now() - startMs) / 1000;
  await projector.stop();
  await log.close();
  return { events, seconds, cpuSeconds: (used.user + used.system) / 1e6, secondsWithDigest, digest };
}

await serveTasks(work, async () => void (await bus?.close()));
