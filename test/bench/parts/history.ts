import type { Bench } from '../bench.ts';
import { lastNumber } from '../measure/log-size.ts';
import { type Load, medianOf, rateOf, runRounds, type Series } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { Found } from '../report/findings.ts';
import { countText, rounded } from '../report/numbers.ts';
import { rateTable } from '../report/series.ts';
import { SINGLE } from './claims.ts';

/** Claims and drops in turn: the history grows, and what lives does not. */
const TRAFFIC = { type: 'closed', traffic: 'churn', ...SINGLE } as const;

/** Claims and drops of a cell with a long history, in turn with those of a cell that has just begun. */
export async function historyPart(bench: Bench): Promise<void> {
  const { historyEvents } = bench.options;
  await bench.onCell({ historyEvents }, async (old) => {
    await bench.onCell({}, async (young) => {
      await bench.findings.step('history', () => compare(bench, old, young));
    });
  });
}

async function compare({ rounds }: Bench, old: BenchCell, young: BenchCell): Promise<Found> {
  const load = (name: string, cell: BenchCell): Load => ({ name, cell, process: cell.load, task: TRAFFIC });
  const events = await lastNumber(old);
  const longName = `after ${countText(events)} events`;
  const series = await runRounds([load('at the start', young), load(longName, old)], rounds);
  const [short, long] = series;
  if (short === undefined || long === undefined || short.samples.length === 0 || long.samples.length === 0) {
    throw new Error(short?.failure ?? long?.failure ?? 'nothing was claimed');
  }
  const [ofRate, ofCpu] = [rounded(rateOf(long) / rateOf(short)), rounded(trackerTime(long) / trackerTime(short))];
  return {
    json: {
      history: { events, commandsPerSecond: Math.round(rateOf(long)), ofRateAtStart: ofRate, ofCpuAtStart: ofCpu },
    },
    lines: [
      ...rateTable(
        'claims and drops',
        series.map((one) => ({ series: one })),
      ),
      `after ${countText(events)} events ${ofRate.toFixed(2)} of the rate at the start, ` +
        `for ${ofCpu.toFixed(2)} times the tracker's processor time`,
    ],
    series,
  };
}

function trackerTime(series: Series): number {
  return medianOf(series, ({ uses, count }) => (uses['tracker']?.cpuSeconds ?? 0) / count);
}
