// Entry of a process that makes load.
import type { Latencies } from '@fleetbook/workload';
import { type LoadRun, runClosedLoop, runOpenLoop } from '@fleetbook/workload/bench';
import { dropClaims } from './drop-claims.ts';
import { createGenerator, type Generator, setUpMoves } from './generator.ts';
import { isOverload } from './replies.ts';
import { readerOfOwnClaims, senderOf } from './senders.ts';
import { serveTasks } from './serve-tasks.ts';
import { type LoadReport, type LoadTask, SHARES } from './tasks.ts';

let generator: Generator | undefined;

function reportOf({ requests, seconds, isOverloaded }: LoadRun, latencies: Latencies, batch: number): LoadReport {
  const count = requests * batch;
  const percentilesMs = SHARES.map((share) => latencies.percentile(share));
  return { count, perSecond: count / seconds, percentilesMs, isOverloaded };
}

/** So many claims of loads stay at most: the fleet is to be half full, and a process to have room for what lives. */
const KEPT_CLAIMS_PER_NODE = 50;

async function tidy(from: Generator): Promise<void> {
  if (from.claims.undroppedCount > KEPT_CLAIMS_PER_NODE * from.machines.length) {
    await dropClaims(from, from.claims.undropped());
  }
}

async function work(task: LoadTask): Promise<unknown> {
  if (task.type === 'connect') {
    generator = await createGenerator(task);
    return undefined;
  }
  if (generator === undefined) {
    throw new Error('the first task is to connect');
  }
  switch (task.type) {
    case 'tidy':
      return tidy(generator);
    case 'set-up-moves':
      return setUpMoves(generator, task.instances);
    case 'closed': {
      const { traffic, batch, inFlight, seconds } = task;
      const run = await runClosedLoop(senderOf(generator, traffic, batch), { inFlight, durationMs: seconds * 1000 });
      return reportOf(run, run.latencies, batch);
    }
    case 'open': {
      const { traffic, perSecond, seconds } = task;
      const options = { perSecond, durationMs: seconds * 1000, isOverload };
      const run = await runOpenLoop(senderOf(generator, traffic, 1), options);
      return reportOf(run, run.latencies, 1);
    }
    case 'lag': {
      const { perSecond, seconds } = task;
      const { send, lags } = readerOfOwnClaims(generator);
      return reportOf(await runOpenLoop(send, { perSecond, durationMs: seconds * 1000, isOverload }), lags, 1);
    }
  }
}

await serveTasks(work, async () => generator?.close());
