import type { Bench } from '../bench.ts';
import type { LoadReport } from '../load/tasks.ts';
import { isOverloaded, type Load, latencyOf, runRounds } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { Found } from '../report/findings.ts';
import { countText, rounded } from '../report/numbers.ts';
import { rateTable } from '../report/series.ts';
import { SINGLE } from './claims.ts';

const NEVER_MS = 3_600_000;
/** A projector's usual interval, and a twelfth of a tracker's. */
const SAVING_MS = 5_000;
const PROBE_SECONDS = 3;

/** What it does to claims at half of what is possible that tracker and projector save their state now and then. */
export async function snapshotsPart(bench: Bench): Promise<void> {
  await bench.onCell({ environment: intervals(NEVER_MS) }, async (still) => {
    await bench.onCell({ environment: intervals(SAVING_MS) }, async (saving) => {
      await bench.findings.step('snapshots', () => compare(bench, still, saving));
    });
  });
}

function intervals(ms: number): Readonly<Record<string, string>> {
  return { FLEETBOOK_SNAPSHOT_INTERVAL_MS: String(ms), FLEETBOOK_CHECKPOINT_INTERVAL_MS: String(ms) };
}

async function compare({ rounds }: Bench, still: BenchCell, saving: BenchCell): Promise<Found> {
  await Promise.all([still.projector(), saving.projector()]);
  const seconds = Math.min(PROBE_SECONDS, rounds.seconds);
  const most = await still.load.run<LoadReport>({ type: 'closed', traffic: 'churn', ...SINGLE, seconds });
  const perSecond = Math.max(1, Math.round(most.perSecond / 2));
  const task = { type: 'open', traffic: 'churn', perSecond };
  const load = (name: string, cell: BenchCell): Load => ({ name, cell, process: cell.load, task });
  const series = await runRounds([load('nothing is saved', still), load('saved every 5 s', saving)], rounds);
  const [without, withThem] = series;
  if (without === undefined || withThem === undefined) {
    throw new Error('nothing was claimed');
  }
  const [p99Without, p99With] = [latencyOf(without, 0.99), latencyOf(withThem, 0.99)];
  const ratio = p99With / p99Without;
  return {
    json: {
      snapshots: {
        ...{ perSecond, p99MsWithout: rounded(p99Without), p99MsWith: rounded(p99With), ofP99Without: rounded(ratio) },
        isOverloaded: series.some(isOverloaded),
      },
    },
    lines: [
      ...rateTable(
        `half load, ${countText(perSecond)}/s`,
        series.map((one) => ({ series: one })),
      ),
      `with snapshots and checkpoints the 99th percentile is ${ratio.toFixed(2)} times what it is without`,
    ],
    series,
  };
}
