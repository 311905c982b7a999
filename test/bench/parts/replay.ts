import { statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueryBodies, QueryName } from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { connectBus } from '@fleetbook/messaging';
import { createLogger, createNodeDisk, nodeFileParts, systemClock, systemTimers } from '@fleetbook/operations';
import { createPast, type Past } from '@fleetbook/replay';
import { seededRandom } from '@fleetbook/workload';
import type { Bench } from '../bench.ts';
import { startServer } from '../processes/cell.ts';
import { nodeId } from '../replay/command-stream.ts';
import { type GeneratedLog, generateLog } from '../replay/generate-log.ts';
import type { Found } from '../report/findings.ts';
import { countText } from '../report/numbers.ts';

/** Log and index, with room. */
const BYTES_PER_EVENT = 1_600;
const INSTANTS = 50;
const FOUNDING_EVENTS = 3;

interface Figures {
  readonly median: Taken;
  readonly worst: Taken;
}

/** How fast the past answers, on a log made for it; everything in this process. */
export async function replayPart(bench: Bench): Promise<void> {
  await bench.closeCell();
  await bench.findings.step('replay', () => measureReplay(bench));
}

async function measureReplay({ options, nodes, directory: parent, rounds, signal }: Bench): Promise<Found> {
  const { replayEvents: events, seed } = options;
  const directory = await mkdtemp(join(parent, 'replay-'));
  const { bavail, bsize } = statfsSync(directory);
  try {
    if (bavail * bsize < events * BYTES_PER_EVENT) {
      throw new Error(`${directory} has no room for ${events} events: ${BYTES_PER_EVENT} bytes each are needed`);
    }
    const say = (text: string): void => {
      signal.throwIfAborted();
      rounds.onRun(text);
    };
    const wanted = { events, nodes, instancesPerNode: 6, seed };
    const figures = await withLog(directory, (log) => measure(log, join(directory, 'index'), wanted, say));
    return { json: { replay: figures }, lines: linesOf(figures) };
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function withLog<Value>(directory: string, work: (log: EventLog) => Promise<Value>): Promise<Value> {
  const server = await startServer(join(directory, 'server'));
  const { url, access, monitoringUrl } = server;
  try {
    const user = 'user' in access ? { user: access.user, password: access.password } : {};
    const bus = await connectBus({ servers: [url], name: 'bench', ...user });
    const { connection } = bus;
    const options = { connection, monitoringUrl, cell: 'main', create: true, appendTimeoutMs: 10_000 };
    const log = await openJetStreamLog(options);
    try {
      return await work(log);
    } finally {
      await log.close();
      await bus.close();
    }
  } finally {
    await server.stop();
  }
}

async function measure(log: EventLog, directory: string, wanted: GeneratedLog, say: (text: string) => void) {
  const generated = await timed(() => generateLog(log, wanted, (number) => say(`generated ${number} events`)));
  const indexer = pastOf(log, directory, (number) => {
    if (number % 100_000 < 256) {
      say(`indexed ${number} events`);
    }
  });
  const indexed = await timed(() => ask(indexer, 'digest', { asOf: '1' }));
  const cold = await timed(() => ask(pastOf(log, directory), 'usage', { asOf: String(wanted.events) }));
  const { next: random } = seededRandom(wanted.seed);
  // Before the whole fleet is registered, a node may be unknown.
  const first = 2 * wanted.nodes + FOUNDING_EVENTS;
  const instant = (): string => String(first + Math.floor(random() * (wanted.events - first)));
  const node = (): string => nodeId(Math.floor(random() * wanted.nodes));
  const past = pastOf(log, directory);
  await ask(past, 'timeline', { node: node(), limit: 1 });
  return {
    events: wanted.events,
    nodes: wanted.nodes,
    seed: wanted.seed,
    generated,
    indexed,
    indexEventsPerCpuSecond: Math.round((wanted.events / indexed.cpuMs) * 1_000),
    cold,
    state: await several(INSTANTS, () => ask(past, 'usage', { asOf: instant() })),
    stateOfNode: await several(INSTANTS, () => ask(past, 'node', { asOf: instant(), node: node() })),
    diff: await several(5, () => ask(past, 'diff', { from: instant(), to: instant() })),
    timelineOfNode: await several(20, () => ask(past, 'timeline', { node: node() })),
    bisectNode: await several(5, () => ask(past, 'bisect', { predicate: `charged(${node()}, VCPU) > 1_000_000` })),
    bisectCell: await several(5, () => ask(past, 'bisect', { predicate: 'headroom(*, VCPU) < 0' })),
    bisectBurst: await several(5, () => ask(past, 'bisect', { predicate: 'refused(NO_CAPACITY) > 100_000 per 1h' })),
    memoryMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
}

function pastOf(log: EventLog, directory: string, onProgress: (number: number) => void = () => undefined): Past {
  const logger = createLogger({
    ...{ service: 'replay', version: '0.0.0', serviceInstanceId: 'bench', level: 'silent', output: 'stderr' },
  });
  const ports = { disk: createNodeDisk(), parts: nodeFileParts, clock: systemClock, timers: systemTimers };
  return createPast({ ...ports, cell: 'main', log, directory, logger, onProgress });
}

async function ask<Name extends QueryName>(past: Past, name: Name, body: QueryBodies[Name]): Promise<void> {
  const reply = await past.ask(name, Buffer.from(JSON.stringify(body)));
  // A search for what was never true goes through everything.
  if (reply.outcome === 'error' && reply.error.code !== 'NEVER_TRUE') {
    throw new Error(`${name} ${JSON.stringify(body)}: ${reply.error.code} ${reply.error.message}`);
  }
}

/** Milliseconds of work, by the clock and of the processors: the latter do not change on a busy machine. */
interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
}

async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(startCpu);
  return { ms: Math.round(performance.now() - startMs), cpuMs: Math.round((user + system) / 1_000) };
}

async function several(times: number, work: () => Promise<unknown>): Promise<Figures> {
  const taken: Taken[] = [];
  for (let time = 0; time < times; time += 1) {
    taken.push(await timed(work));
  }
  const sorted = (of: keyof Taken): readonly number[] =>
    taken.map((each) => each[of]).sort((one, other) => one - other);
  const at = (place: number): Taken => ({ ms: sorted('ms').at(place) ?? 0, cpuMs: sorted('cpuMs').at(place) ?? 0 });
  return { median: at(times >> 1), worst: at(-1) };
}

function linesOf(figures: Awaited<ReturnType<typeof measure>>): string[] {
  const { events, nodes, indexed, cold, state, stateOfNode, diff, timelineOfNode } = figures;
  const taken = ({ ms, cpuMs }: Taken): string => `${ms} ms (${cpuMs} ms of processor)`;
  const line = (name: string, { median, worst }: Figures): string =>
    `${name.padEnd(32)} median ${taken(median)}, worst ${taken(worst)}`;
  return [
    `the past of ${countText(events)} events, ${countText(nodes)} nodes`,
    `${'index made'.padEnd(32)} ${taken(indexed)}, ${figures.indexEventsPerCpuSecond} events a second of processor`,
    `${'state, index opened anew'.padEnd(32)} ${taken(cold)}`,
    line(`usage of the cell, ${INSTANTS} instants`, state),
    line(`one node, ${INSTANTS} instants`, stateOfNode),
    line('difference of two instants', diff),
    line('timeline of a node, newest 100', timelineOfNode),
    line('bisect: a figure of a node', figures.bisectNode),
    line('bisect: a figure of the cell', figures.bisectCell),
    line('bisect: refusals within a time', figures.bisectBurst),
    `${'most memory'.padEnd(32)} ${figures.memoryMb} MiB`,
  ];
}
