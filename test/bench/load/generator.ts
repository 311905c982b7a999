import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { connectFleetbook, type Fleetbook, type FleetbookClient } from '@fleetbook/client';
import { encodeQuery } from '@fleetbook/contracts';
import type { RequestGroup, ResourceRequest } from '@fleetbook/domain';
import { type Bus, connectBus } from '@fleetbook/messaging';
import { GPU_CLASS, MEMORY_CLASS, readMachines, readTasks, requestOf, type TraceMachine } from '@fleetbook/workload';
import {
  type ClaimSource,
  createClaimSource,
  createMoveSource,
  type MoveSource,
  replicateMachines,
  SCHEDULERS,
} from '@fleetbook/workload/bench';
import { AGENT } from './fleet-commands.ts';
import { sendEach } from './replies.ts';
import type { ConnectTask } from './tasks.ts';

const TRACE = fileURLToPath(new URL('../../data/openb', import.meta.url));
const DISTINCT_QUESTIONS = 256;
const LIMIT = 10;
/** The same claims in the same order in each run of the benchmark. */
const SEED = 1;

/** What a process that makes load has at hand. */
export interface Generator {
  readonly bus: Bus;
  readonly cell: string;
  readonly machines: readonly TraceMachine[];
  readonly prefix: string;
  readonly claims: ClaimSource;
  /** Such claims as are only sent to and fro. */
  readonly echoes: ClaimSource;
  /** Schedulers as the SDK has them, on a connection of their own. */
  readonly clients: readonly FleetbookClient[];
  /** Once they are set up. */
  moves: MoveSource | undefined;
  readonly questions: readonly Uint8Array[];
  readonly adversarialQuestions: readonly Uint8Array[];
  readonly selectiveQuestions: readonly Uint8Array[];
  close(): Promise<void>;
}

export async function createGenerator({ url, user, password, cell, nodes }: ConnectTask): Promise<Generator> {
  const machines = replicateMachines(await readMachines(TRACE), nodes);
  const tasks = await readTasks(TRACE);
  const prefix = `${randomBytes(8).toString('hex')}-`;
  const requests = tasks
    .filter((_, place) => place % Math.ceil(tasks.length / DISTINCT_QUESTIONS) === 0)
    .map((task) => requestOf(task));
  const questionOf = (request: ResourceRequest): Uint8Array => encodeQuery('candidates', { request, limit: LIMIT });
  const bus = await connectBus({ servers: [url], name: 'fleetbook-bench', user, password });
  const client = { name: 'bench', version: '0.1.0' };
  const fleetbook: Fleetbook = await connectFleetbook({ servers: [url], cell, user, password, client });
  const facts = { cell, machines, prefix, seed: SEED, agent: AGENT, now: Date.now };
  return {
    ...{ bus, cell, machines, prefix },
    claims: createClaimSource(facts),
    echoes: createClaimSource(facts),
    clients: Array.from({ length: SCHEDULERS }, (_, place) => fleetbook.as('scheduler', `scheduler-${place}`)),
    moves: undefined,
    questions: requests.map(questionOf),
    adversarialQuestions: adversarialRequests().map(questionOf),
    selectiveQuestions: selectiveRequests(machines).map(questionOf),
    close: async () => {
      await fleetbook.close();
      await bus.close();
    },
  };
}

/**
 * Six groups that share no GPU, of nodes with eight GPUs that are all alike: whoever tries one GPU after the other
 * tries every order of them before it knows that there are too few. Each asks for a little less: none is asked twice.
 */
function adversarialRequests(): readonly ResourceRequest[] {
  const groups = 6;
  const whole = 1_000;
  return Array.from({ length: DISTINCT_QUESTIONS }, (_, place) => ({
    groups: Array.from(
      { length: groups },
      (_unused, number): RequestGroup => ({
        name: `group-${number}`,
        resources: { [GPU_CLASS]: whole - place },
        isolate: true,
      }),
    ),
  }));
}

/** Most of the memory that the largest machines have: only those of them that are nearly empty have so much. */
function selectiveRequests(machines: readonly TraceMachine[]): readonly ResourceRequest[] {
  const largest = Math.max(...new Set(machines.map(({ memoryMb }) => memoryMb)));
  const wanted = Math.floor((largest * 3) / 4);
  return Array.from({ length: DISTINCT_QUESTIONS }, (_, place) => ({ resources: { [MEMORY_CLASS]: wanted + place } }));
}

export async function setUpMoves(to: Generator, instances: number): Promise<void> {
  const { bus, cell, machines, prefix } = to;
  const moves = createMoveSource({ cell, machines, agent: AGENT, instances, prefix, now: Date.now });
  for (const messages of moves.preparation) {
    await sendEach(bus, messages);
  }
  to.moves = moves;
}
