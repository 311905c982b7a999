import type { BenchCell } from '../processes/cell.ts';
import { SINGLE } from './claims.ts';
import { type Rounds, runRounds, type Series } from './sample.ts';

/** As many claims, and as many steps of moves, are under way. */
export interface MoveFigures {
  readonly claims: Series;
  readonly steps: Series;
}

/** Steps of cold moves, each of an instance of its own, in turn with claims. */
export async function measureMoves(cell: BenchCell, rounds: Rounds): Promise<MoveFigures> {
  const { load } = cell;
  await load.run({ type: 'set-up-moves', instances: SINGLE.inFlight });
  const task = { type: 'closed', ...SINGLE };
  const [claims, steps] = await runRounds(
    cell,
    [
      { name: 'claims, beside moves', process: load, task: { ...task, traffic: 'claims' } },
      { name: 'steps of moves', process: load, task: { ...task, traffic: 'moves' } },
    ],
    rounds,
  );
  if (claims === undefined || steps === undefined) {
    throw new Error('the moves were not measured');
  }
  return { claims, steps };
}
