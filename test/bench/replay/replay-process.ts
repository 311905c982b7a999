// Entry of a process that makes a log, makes the index of its past, or asks for that.
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { type Bus, connectBus } from '@fleetbook/messaging';
import { createLogger, createNodeDisk, nodeFileParts, systemClock, systemTimers } from '@fleetbook/operations';
import { createPast, type Past } from '@fleetbook/replay';
import { serveTasks } from '../load/serve-tasks.ts';
import { ask, askPast, timed } from './ask-past.ts';
import { generateLog } from './generate-log.ts';
import type { AskReport, DoneReport, LogPlace, MostMemory, ReplayTask } from './replay-tasks.ts';

const TIMEOUT_MS = 10_000;
const SAID_AT_EVENTS = 100_000;
const KIB_PER_MIB = 1_024;

type Log = Awaited<ReturnType<typeof openJetStreamLog>>;

let bus: Bus | undefined;

async function work(task: ReplayTask): Promise<DoneReport | AskReport> {
  const log = await openLog(task);
  try {
    switch (task.type) {
      case 'generate':
        return {
          ...(await timed(() => generateLog(log, task, (number) => say('generated', number)))),
          ...mostMemory(),
        };
      case 'index':
        return { ...(await timed(() => ask(pastOf(log, task), 'digest', { asOf: '1' }))), ...mostMemory() };
      case 'ask':
        return { ...(await askPast(() => pastOf(log, task), task, task.instants)), ...mostMemory() };
    }
  } finally {
    await log.close();
  }
}

async function openLog({ url, user, password, monitoringUrl, cell }: LogPlace): Promise<Log> {
  bus ??= await connectBus({ servers: [url], name: 'fleetbook-bench-replay', user, password });
  const { connection } = bus;
  return openJetStreamLog({ connection, monitoringUrl, cell, create: true, appendTimeoutMs: TIMEOUT_MS });
}

function pastOf(log: Log, { cell, directory }: LogPlace & { readonly directory: string }): Past {
  const logger = createLogger({
    ...{ service: 'replay', version: '0.0.0', serviceInstanceId: 'bench', level: 'silent', output: 'stderr' },
  });
  const ports = { disk: createNodeDisk(), parts: nodeFileParts, clock: systemClock, timers: systemTimers };
  let said = 0;
  const onProgress = (number: number): void => {
    if (number - said >= SAID_AT_EVENTS) {
      said = number;
      say('indexed', number);
    }
  };
  return createPast({ ...ports, cell, log, directory, logger, onProgress });
}

function say(what: string, number: number): void {
  process.stderr.write(`${what} ${number} events\n`);
}

function mostMemory(): MostMemory {
  return { memoryMb: Math.round(process.resourceUsage().maxRSS / KIB_PER_MIB) };
}

await serveTasks(work, async () => void (await bus?.close()));
