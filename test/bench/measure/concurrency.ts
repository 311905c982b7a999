import type { Bench } from '../bench.ts';
import type { LoadReport } from '../load/tasks.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { CurvePoint, Found } from '../report/findings.ts';
import { countText, rounded } from '../report/numbers.ts';
import { percentileOf } from './sample.ts';

const IN_FLIGHT = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024] as const;
const MAXIMUM_SECONDS = 2;

/** Single claims with more and more of them under way, each for a short time. */
export async function measureConcurrency({ rounds }: Bench, cell: BenchCell): Promise<Found> {
  const curve: CurvePoint[] = [];
  for (const inFlight of IN_FLIGHT) {
    const seconds = Math.min(MAXIMUM_SECONDS, rounds.seconds);
    const report = await cell.load.run<LoadReport>({ type: 'closed', traffic: 'claims', batch: 1, inFlight, seconds });
    const [p50Ms, p99Ms] = [rounded(percentileOf(report, 0.5)), rounded(percentileOf(report, 0.99))];
    curve.push({ inFlight, perSecond: Math.round(report.perSecond), p50Ms, p99Ms });
    rounds.onRun(`${inFlight} in flight: ${countText(report.perSecond)}/s`);
  }
  const text = curve.map(({ inFlight, perSecond }) => `${inFlight}: ${countText(perSecond)}`).join(', ');
  return { json: { concurrency: curve }, lines: [`claims/s by requests under way: ${text}`], curve };
}
