import type { BenchCell } from '../processes/cell.ts';
import { type Load, type Rounds, runRounds, type Series } from './sample.ts';

export const SINGLE = { batch: 1, inFlight: 512 } as const;
const SINGLE_FEW = { batch: 1, inFlight: 128 } as const;
export const BATCHED = { batch: 16, inFlight: 64 } as const;
/** Claims per second of the open loop. */
const OPEN_RATE = 10_000;

export interface ClaimFigures {
  readonly echo: Series;
  readonly batchedEcho: Series;
  readonly single: Series | undefined;
  readonly singleFew: Series | undefined;
  readonly batched: Series | undefined;
}

/** The echo of the same messages, and, unless it is asked for alone, the claims, in one row of rounds. */
export async function measureClaims(cell: BenchCell, isEchoOnly: boolean, rounds: Rounds): Promise<ClaimFigures> {
  await cell.echo();
  const { load } = cell;
  const closed = (name: string, traffic: string, shape: object): Load => ({
    name,
    process: load,
    task: { type: 'closed', traffic, ...shape },
  });
  const echoes = [closed('echo, single', 'echo', SINGLE), closed('echo, batches of 16', 'echo', BATCHED)];
  const loads = isEchoOnly ? echoes : [...echoes, ...claimLoads(cell)];
  const [echo, batchedEcho, single, singleFew, batched] = await runRounds(cell, loads, rounds);
  if (echo === undefined || batchedEcho === undefined) {
    throw new Error('the echo was not measured');
  }
  return { echo, batchedEcho, single, singleFew, batched };
}

/** The same claims while a projector folds what they write. */
export async function measureClaimsWithProjector(cell: BenchCell, rounds: Rounds): Promise<readonly Series[]> {
  await cell.projector();
  return runRounds(cell, claimLoads(cell), rounds);
}

/** Claims at a fixed rate, with the projector. */
export async function measureOpenLoop(cell: BenchCell, rounds: Rounds): Promise<readonly Series[]> {
  const task = { type: 'open', traffic: 'claims', perSecond: OPEN_RATE };
  return runRounds(cell, [{ name: `open loop at ${OPEN_RATE}/s`, process: cell.load, task }], rounds);
}

function claimLoads({ load }: BenchCell): readonly Load[] {
  const shapes = { 'single, 512 in flight': SINGLE, 'single, 128 in flight': SINGLE_FEW, 'batches of 16': BATCHED };
  return Object.entries(shapes).map(([name, shape]) => ({
    name,
    process: load,
    task: { type: 'closed', traffic: 'claims', ...shape },
  }));
}
