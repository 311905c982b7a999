import type { BenchCell } from '../processes/cell.ts';
import { readGauge } from './metrics.ts';

export interface LogSize {
  readonly events: number;
  /** Of the whole log, in the store of the server. */
  readonly bytesPerEvent: number;
  readonly eventsPerCommit: number;
}

export async function readLog(cell: BenchCell): Promise<LogSize> {
  const answer = await fetch(`${cell.server.monitoringUrl}/jsz`);
  const store: { readonly bytes: number; readonly messages: number } = JSON.parse(await answer.text());
  const events = await lastNumber(cell);
  const [bytesPerEvent, eventsPerCommit] = [store.bytes / events, events / store.messages].map(Math.round);
  return { events, bytesPerEvent: bytesPerEvent ?? 0, eventsPerCommit: eventsPerCommit ?? 0 };
}

export async function lastNumber({ tracker }: BenchCell): Promise<number> {
  return readGauge(await tracker.metrics(), 'fleetbook_ledger_number');
}
