import type { FoldReport } from '../load/tasks.ts';
import type { BenchCell } from '../processes/cell.ts';
import { BATCHED } from './claims.ts';
import { readGauge } from './metrics.ts';
import type { Rounds } from './sample.ts';

/** Time for a fresh process to make the inventory of the whole log, every commit verified; the services are ended. */
export async function measureFold(
  cell: BenchCell,
  leastEvents: number,
  rounds: Rounds,
): Promise<readonly FoldReport[]> {
  let upTo = await lastNumber(cell);
  while (upTo < leastEvents) {
    await cell.load.run({ type: 'closed', traffic: 'claims', ...BATCHED, seconds: 1 });
    upTo = await lastNumber(cell);
  }
  await cell.stopServices();
  const samples: FoldReport[] = [];
  for (let run = 0; run < rounds.runs; run += 1) {
    const fold = await cell.fold();
    const task = { ...cell.connectTask(), type: 'fold', upTo };
    const sample = await fold.run<FoldReport>(task);
    await fold.stop();
    samples.push(sample);
    rounds.onRun(`fold: ${Math.round(sample.events / sample.seconds)} events/s`);
  }
  return samples;
}

async function lastNumber({ tracker }: BenchCell): Promise<number> {
  return readGauge(await tracker.metrics(), 'fleetbook_ledger_number');
}
