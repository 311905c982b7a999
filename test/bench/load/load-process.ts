// Entry of a process that makes load.
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { encodeQuery, querySubject } from '@fleetbook/contracts';
import { type Bus, connectBus } from '@fleetbook/messaging';
import { readMachines, readTasks, requestOf, type TraceMachine } from '@fleetbook/workload';
import {
  type ClaimSource,
  createClaimSource,
  createMoveSource,
  type LoadRun,
  type MoveSource,
  replicateMachines,
  runClosedLoop,
  runOpenLoop,
  type Send,
} from '@fleetbook/workload/bench';
import { AGENT } from './fleet-commands.ts';
import { acceptedIn, isAccepted, sendEach, sendTo } from './replies.ts';
import { serveTasks } from './serve-tasks.ts';
import { fillFleet, registerFleet } from './set-up-fleet.ts';
import { type ConnectTask, ECHO_SUBJECT, type LoadReport, type LoadTask, type Traffic } from './tasks.ts';

const TRACE = fileURLToPath(new URL('../../data/openb', import.meta.url));
const SEED = 1;
const DISTINCT_QUESTIONS = 256;

interface Generator {
  readonly bus: Bus;
  readonly cell: string;
  readonly machines: readonly TraceMachine[];
  readonly prefix: string;
  readonly claims: ClaimSource;
  /** Once they are set up. */
  moves: MoveSource | undefined;
  readonly questions: readonly Uint8Array[];
}

let generator: Generator | undefined;

async function connect({ url, user, password, cell, nodes }: ConnectTask): Promise<void> {
  const machines = replicateMachines(await readMachines(TRACE), nodes);
  const tasks = await readTasks(TRACE);
  const prefix = `${randomBytes(8).toString('hex')}-`;
  const questions = tasks
    .filter((_, place) => place % Math.ceil(tasks.length / DISTINCT_QUESTIONS) === 0)
    .map((task) => encodeQuery('candidates', { request: requestOf(task), limit: 10 }));
  const bus = await connectBus({ servers: [url], name: 'fleetbook-bench', user, password });
  const claims = createClaimSource({ cell, machines, prefix, seed: SEED, now: Date.now });
  generator = { bus, cell, machines, prefix, claims, moves: undefined, questions };
}

async function setUpMoves(to: Generator, instances: number): Promise<void> {
  const { bus, cell, machines, prefix } = to;
  const moves = createMoveSource({ cell, machines, agent: AGENT, instances, prefix, now: Date.now });
  for (const messages of moves.preparation) {
    await sendEach(bus, messages);
  }
  to.moves = moves;
}

function stepSender({ bus, moves }: Generator): Send {
  if (moves === undefined) {
    throw new Error('the moves are not set up');
  }
  return (onDone) => {
    const { message, onAccepted } = moves.step();
    sendTo(bus, message.subject, message.body, isAccepted, (failure) => {
      onAccepted();
      onDone(failure);
    });
  };
}

function senderOf(from: Generator, traffic: Traffic, batch: number): Send {
  const { bus, cell, claims, questions } = from;
  const next = batch === 1 ? () => claims.single() : () => claims.batch(batch);
  let asked = 0;
  switch (traffic) {
    case 'claims':
      return (onDone) => {
        const { subject, body } = next();
        sendTo(bus, subject, body, (payload) => acceptedIn(payload) === batch, onDone);
      };
    case 'echo':
      return (onDone) => {
        const { body } = next();
        sendTo(bus, ECHO_SUBJECT, body, (payload) => payload.length === body.length, onDone);
      };
    case 'moves':
      return stepSender(from);
    case 'candidates': {
      const subject = querySubject(cell, 'candidates');
      return (onDone) => {
        const question = questions[asked % questions.length] ?? '';
        asked += 1;
        sendTo(bus, subject, question, (payload) => payload.includes('"outcome":"answer"'), onDone);
      };
    }
  }
}

function reportOf({ requests, seconds, latencies, isOverloaded }: LoadRun, batch: number): LoadReport {
  const [p50Ms = 0, p99Ms = 0, maximumMs = 0] = [0.5, 0.99, 1].map((share) => latencies.percentile(share));
  const count = requests * batch;
  return { count, perSecond: count / seconds, p50Ms, p99Ms, maximumMs, isOverloaded };
}

async function work(task: LoadTask): Promise<unknown> {
  if (task.type === 'connect') {
    return connect(task);
  }
  if (generator === undefined) {
    throw new Error('the first task is to connect');
  }
  switch (task.type) {
    case 'register':
      return registerFleet(generator);
    case 'fill':
      return fillFleet(generator, SEED);
    case 'set-up-moves':
      return setUpMoves(generator, task.instances);
    case 'closed': {
      const { traffic, batch, inFlight, seconds } = task;
      const send = senderOf(generator, traffic, batch);
      return reportOf(await runClosedLoop(send, { inFlight, durationMs: seconds * 1000 }), batch);
    }
    case 'open': {
      const { traffic, perSecond, seconds } = task;
      const send = senderOf(generator, traffic, 1);
      return reportOf(await runOpenLoop(send, { perSecond, durationMs: seconds * 1000 }), 1);
    }
  }
}

await serveTasks(work, async () => void (await generator?.bus.close()));
