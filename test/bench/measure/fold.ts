import type { FoldReport } from '../load/tasks.ts';
import type { BenchCell } from '../processes/cell.ts';
import { BATCHED } from './claims.ts';
import { readGauge } from './metrics.ts';
import type { Rounds } from './sample.ts';

export interface FoldFigures {
  readonly samples: readonly FoldReport[];
  /** Of the whole log, in the store of the server. */
  readonly bytesPerEvent: number;
  readonly eventsPerCommit: number;
}

/** Time for fresh processes to make the inventory of the log, every commit verified; the services are ended. */
export async function measureFold(cell: BenchCell, events: number, rounds: Rounds): Promise<FoldFigures> {
  while ((await lastNumber(cell)) < events) {
    await cell.load.run({ type: 'closed', traffic: 'claims', ...BATCHED, seconds: 1 });
  }
  const size = await sizeOfLog(cell);
  await cell.stopServices();
  const samples: FoldReport[] = [];
  for (let run = 0; run < rounds.runs; run += 1) {
    const fold = await cell.fold();
    const sample = await fold.run<FoldReport>({ ...cell.connectTask(), type: 'fold', upTo: events });
    await fold.stop();
    samples.push(sample);
    rounds.onRun(`fold: ${Math.round(sample.events / sample.seconds)} events/s`);
  }
  return { samples, ...size };
}

async function sizeOfLog(cell: BenchCell): Promise<Pick<FoldFigures, 'bytesPerEvent' | 'eventsPerCommit'>> {
  const answer = await fetch(`${cell.server.monitoringUrl}/jsz`);
  const store: { readonly bytes: number; readonly messages: number } = JSON.parse(await answer.text());
  const events = await lastNumber(cell);
  return { bytesPerEvent: Math.round(store.bytes / events), eventsPerCommit: Math.round(events / store.messages) };
}

async function lastNumber({ tracker }: BenchCell): Promise<number> {
  return readGauge(await tracker.metrics(), 'fleetbook_ledger_number');
}
