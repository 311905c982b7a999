import type { Bench } from '../bench.ts';
import type { FoldReport } from '../load/tasks.ts';
import { lastNumber, readLog } from '../measure/log-size.ts';
import { median } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { Found } from '../report/findings.ts';
import { rangeText, rounded } from '../report/numbers.ts';
import { BATCHED } from './claims.ts';

/** Time for fresh processes to make the inventory of a log, every commit verified. */
export function foldPart(bench: Bench): Promise<void> {
  return bench.onSharedCell(async (cell) => {
    await bench.findings.step('fold', () => measureFold(bench, cell));
  });
}

async function measureFold({ options, rounds }: Bench, cell: BenchCell): Promise<Found> {
  while ((await lastNumber(cell)) < options.foldEvents) {
    await cell.load.run({ type: 'closed', traffic: 'claims', ...BATCHED, seconds: 1 });
  }
  const { bytesPerEvent, eventsPerCommit } = await readLog(cell);
  const samples: FoldReport[] = [];
  for (let run = 0; run === 0 || (run < rounds.runs && performance.now() < rounds.endsAtMs); run += 1) {
    const fold = await cell.fold();
    const sample = await fold.run<FoldReport>({ ...cell.connectTask(), type: 'fold', upTo: options.foldEvents });
    await fold.stop();
    samples.push(sample);
    rounds.onRun(`fold: ${Math.round(sample.events / sample.seconds)} events/s`);
  }
  return { json: foldKeys(samples, { bytesPerEvent, eventsPerCommit }), lines: foldLines(samples) };
}

function foldKeys(samples: readonly FoldReport[], log: object): Found['json'] {
  return {
    foldEventsPerSecond: Math.round(median(samples.map(({ events, seconds }) => events / seconds))),
    foldWithDigestEventsPerSecond: Math.round(
      median(samples.map(({ events, secondsWithDigest }) => events / secondsWithDigest)),
    ),
    foldCpuMicrosecondsPerEvent: rounded(median(samples.map(({ events, cpuSeconds }) => (cpuSeconds * 1e6) / events))),
    foldedLog: log,
  };
}

function foldLines(samples: readonly FoldReport[]): string[] {
  const rates = rangeText(samples.map((sample) => sample.events / sample.seconds));
  const withDigest = rangeText(samples.map((sample) => sample.events / sample.secondsWithDigest));
  const cpu = median(samples.map((sample) => (sample.cpuSeconds * 1e6) / sample.events));
  return [
    `fold of the log into an inventory, verified: ${rates} events/s`,
    `  with its digest: ${withDigest} events/s; ${cpu.toFixed(1)} µs of processor time an event`,
  ];
}
