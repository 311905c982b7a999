import type { QueryBodies, QueryName } from '@fleetbook/contracts';
import type { Past } from '@fleetbook/replay';
import { seededRandom } from '@fleetbook/workload';
import { nodeId } from './command-stream.ts';
import type { GeneratedLog } from './generate-log.ts';
import type { AskReport, Spread, Taken } from './replay-tasks.ts';

const FOUNDING_EVENTS = 3;

/** Asks the past of a generated log for what people ask, `instants` times for the state as of one. */
export async function askPast(
  pastOf: () => Past,
  { events, nodes, seed }: GeneratedLog,
  instants: number,
): Promise<Omit<AskReport, 'memoryMb'>> {
  const cold = await timed(() => ask(pastOf(), 'usage', { asOf: String(events) }));
  const { next: random } = seededRandom(seed);
  // Before the whole fleet is registered, a node may be unknown.
  const first = 2 * nodes + FOUNDING_EVENTS;
  const instant = (): string => String(first + Math.floor(random() * (events - first)));
  const node = (): string => nodeId(Math.floor(random() * nodes));
  const past = pastOf();
  await ask(past, 'timeline', { node: node(), limit: 1 });
  return {
    cold,
    state: await several(instants, () => ask(past, 'usage', { asOf: instant() })),
    stateOfNode: await several(instants, () => ask(past, 'node', { asOf: instant(), node: node() })),
    diff: await several(5, () => ask(past, 'diff', { from: instant(), to: instant() })),
    timelineOfNode: await several(20, () => ask(past, 'timeline', { node: node() })),
    bisectNode: await several(5, () => ask(past, 'bisect', { predicate: `charged(${node()}, VCPU) > 1_000_000` })),
    bisectCell: await several(5, () => ask(past, 'bisect', { predicate: 'headroom(*, VCPU) < 0' })),
    bisectBurst: await several(5, () => ask(past, 'bisect', { predicate: 'refused(NO_CAPACITY) > 100_000 per 1h' })),
  };
}

export async function ask<Name extends QueryName>(past: Past, name: Name, body: QueryBodies[Name]): Promise<void> {
  const reply = await past.ask(name, Buffer.from(JSON.stringify(body)));
  // A search for what was never true goes through everything.
  if (reply.outcome === 'error' && reply.error.code !== 'NEVER_TRUE') {
    throw new Error(`${name} ${JSON.stringify(body)}: ${reply.error.code} ${reply.error.message}`);
  }
}

export async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(startCpu);
  return { ms: Math.round(performance.now() - startMs), cpuMs: Math.round((user + system) / 1_000) };
}

async function several(times: number, work: () => Promise<unknown>): Promise<Spread> {
  const taken: Taken[] = [];
  for (let time = 0; time < times; time += 1) {
    taken.push(await timed(work));
  }
  const sorted = (of: keyof Taken): readonly number[] =>
    taken.map((each) => each[of]).sort((one, other) => one - other);
  const at = (place: number): Taken => ({ ms: sorted('ms').at(place) ?? 0, cpuMs: sorted('cpuMs').at(place) ?? 0 });
  return { median: at(times >> 1), worst: at(-1) };
}
