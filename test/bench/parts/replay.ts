import { statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunningServer } from '@fleetbook/messaging';
import type { Bench } from '../bench.ts';
import { startServer } from '../processes/cell.ts';
import { startTaskProcess } from '../processes/task-process.ts';
import type { AskReport, DoneReport, LogPlace, ReplayTask, Spread, Taken } from '../replay/replay-tasks.ts';
import { runVerify } from '../replay/run-verify.ts';
import type { Found } from '../report/findings.ts';
import { countText } from '../report/numbers.ts';

/** Log and index, with room. */
const BYTES_PER_EVENT = 1_600;
const INSTANTS = 50;
const INSTANCES_PER_NODE = 6;
const CELL = 'main';
const ENTRY = fileURLToPath(new URL('../replay/replay-process.ts', import.meta.url));

/** How fast the past answers, and how fast all of it is proved, on a log made for it. */
export async function replayPart(bench: Bench): Promise<void> {
  await bench.closeCell();
  await bench.findings.step('replay', () => measureReplay(bench));
}

async function measureReplay(bench: Bench): Promise<Found> {
  const events = bench.options.replayEvents;
  const directory = await mkdtemp(join(bench.directory, 'replay-'));
  const { bavail, bsize } = statfsSync(directory);
  try {
    if (bavail * bsize < events * BYTES_PER_EVENT) {
      throw new Error(`${directory} has no room for ${events} events: ${BYTES_PER_EVENT} bytes each are needed`);
    }
    const server = await startServer(join(directory, 'server'));
    try {
      const figures = await measure(bench, server, directory);
      return { json: { replay: figures }, lines: linesOf(figures) };
    } finally {
      await server.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure({ options, nodes, rounds, signal }: Bench, server: RunningServer, directory: string) {
  const { replayEvents: events, seed } = options;
  const wanted = { events, nodes, instancesPerNode: INSTANCES_PER_NODE, seed };
  const place = { ...placeOf(server), directory: join(directory, 'index') };
  const inOwn = async <Report>(task: ReplayTask): Promise<Report> => {
    signal.throwIfAborted();
    return inOwnProcess<Report>(task, join(directory, 'pauses'), signal);
  };
  const generated = await inOwn<DoneReport>({ type: 'generate', ...place, ...wanted });
  rounds.onRun(`a log of ${countText(events)} events is written`);
  const indexed = await inOwn<DoneReport>({ type: 'index', ...place });
  rounds.onRun(`its index is made: ${indexed.ms} ms`);
  const { memoryMb, ...asked } = await inOwn<AskReport>({ type: 'ask', ...place, ...wanted, instants: INSTANTS });
  rounds.onRun('it has been asked');
  const verified = await runVerify({ cell: CELL, server, directory, signal });
  rounds.onRun(`it is verified: ${verified.ms} ms`);
  return {
    ...{ events, nodes, seed, generated, indexed, ...asked, memoryMb, verified },
    indexEventsPerSecond: Math.round((events / indexed.ms) * 1_000),
    verifyEventsPerSecond: Math.round((events / verified.ms) * 1_000),
  };
}

function placeOf({ url, access, monitoringUrl }: RunningServer): LogPlace {
  const { user, password } = 'user' in access ? access : { user: '', password: '' };
  return { url, user, password, monitoringUrl, cell: CELL };
}

async function inOwnProcess<Report>(task: ReplayTask, pausesFile: string, signal: AbortSignal): Promise<Report> {
  const own = startTaskProcess(ENTRY, pausesFile);
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([own.run<Report>(task), interrupted]);
  } finally {
    await own.stop();
  }
}

function linesOf(figures: Awaited<ReturnType<typeof measure>>): string[] {
  const { events, nodes, indexed, verified, cold } = figures;
  const taken = ({ ms, cpuMs }: Taken): string => `${ms} ms (${cpuMs} ms of processor)`;
  const whole = (name: string, done: DoneReport, perSecond: number): string =>
    `${name.padEnd(32)} ${taken(done)}, ${countText(perSecond)} events/s, ${done.memoryMb} MiB`;
  const line = (name: string, { median, worst }: Spread): string =>
    `${name.padEnd(32)} median ${taken(median)}, worst ${taken(worst)}`;
  return [
    `the past of ${countText(events)} events, ${countText(nodes)} nodes`,
    whole('index made', indexed, figures.indexEventsPerSecond),
    `${'state, index opened anew'.padEnd(32)} ${taken(cold)}`,
    line(`usage of the cell, ${INSTANTS} instants`, figures.state),
    line(`one node, ${INSTANTS} instants`, figures.stateOfNode),
    line('difference of two instants', figures.diff),
    line('timeline of a node, newest 100', figures.timelineOfNode),
    line('bisect: a figure of a node', figures.bisectNode),
    line('bisect: a figure of the cell', figures.bisectCell),
    line('bisect: refusals within a time', figures.bisectBurst),
    `${'most memory of who asks'.padEnd(32)} ${figures.memoryMb} MiB`,
    whole('verify', verified, figures.verifyEventsPerSecond),
  ];
}
