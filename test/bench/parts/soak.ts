import type { Bench } from '../bench.ts';
import type { LoadReport } from '../load/tasks.ts';
import { median, percentileOf } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { Found } from '../report/findings.ts';
import { countText, rounded } from '../report/numbers.ts';

/** Claims and drops together. */
const PER_SECOND = 10_000;
const WINDOW_SECONDS = 10;
/** The outcome of a command is kept so long: what is kept must have stopped to grow long before the end. */
const RETENTION_MS = 60_000;
/** Of the time, before anything is compared. */
const WARM_UP_SHARE = 0.25;

interface Window {
  readonly atSeconds: number;
  readonly p99Ms: number;
  readonly isOverloaded: boolean;
  readonly residentMb: Readonly<Record<string, number>>;
}

/** Claims and drops at a fixed rate for a long time: memory and latencies at its end beside those at its beginning. */
export function soakPart(bench: Bench): Promise<void> {
  return bench.onCell({ environment: { FLEETBOOK_OUTCOME_RETENTION_MS: String(RETENTION_MS) } }, async (cell) => {
    await bench.findings.step('soak', () => measureSoak(bench, cell));
  });
}

async function measureSoak({ options, rounds }: Bench, cell: BenchCell): Promise<Found> {
  await cell.projector();
  const totalSeconds = options.minutes * 60;
  const windowSeconds = Math.min(WINDOW_SECONDS, totalSeconds / 8);
  const windows: Window[] = [];
  for (let atSeconds = windowSeconds; atSeconds <= totalSeconds; atSeconds += windowSeconds) {
    const task = { type: 'open', traffic: 'churn', perSecond: PER_SECOND, seconds: windowSeconds };
    const report = await cell.load.run<LoadReport>(task);
    const { isOverloaded } = report;
    const [p99Ms, residentMb] = [rounded(percentileOf(report, 0.99)), cell.observed.memory()];
    windows.push({ atSeconds: rounded(atSeconds), p99Ms, isOverloaded, residentMb });
    const memory = `tracker ${residentMb['tracker']} MB, projector ${residentMb['projector']} MB`;
    rounds.onRun(`soak, ${Math.round(atSeconds)} s: p99 ${p99Ms} ms, ${memory}${isOverloaded ? ', OVERLOADED' : ''}`);
  }
  return foundOf(windows, options.minutes);
}

function foundOf(windows: readonly Window[], minutes: number): Found {
  const warm = windows.slice(Math.floor(windows.length * WARM_UP_SHARE));
  const third = Math.max(1, Math.floor(warm.length / 3));
  const [early, late] = [warm.slice(0, third), warm.slice(-third)];
  const change = (figure: (window: Window) => number) => {
    const [first, last] = [median(early.map(figure)), median(late.map(figure))];
    return { first: rounded(first), last: rounded(last), ratio: rounded(last / first) };
  };
  const p99Ms = change((window) => window.p99Ms);
  const names = Object.keys(windows.at(-1)?.residentMb ?? {});
  const residentMb = Object.fromEntries(names.map((name) => [name, change((window) => window.residentMb[name] ?? 0)]));
  const isOverloaded = windows.some((window) => window.isOverloaded);
  return {
    json: { soak: { minutes, perSecond: PER_SECOND, isOverloaded, p99Ms, residentMb, windows } },
    lines: [
      `soak: ${minutes} minutes of ${countText(PER_SECOND)} claims and drops a second` +
        (isOverloaded ? ', OVERLOADED' : ''),
      `  p99 ${p99Ms.first} ms after the warm-up, ${p99Ms.last} ms at the end`,
      ...names.map((name) => {
        const { first, last, ratio } = residentMb[name] ?? { first: 0, last: 0, ratio: 0 };
        return `  memory of ${name}: ${first} MB after the warm-up, ${last} MB at the end, ${ratio} times as much`;
      }),
    ],
  };
}
