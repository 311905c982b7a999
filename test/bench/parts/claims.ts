import type { Bench } from '../bench.ts';
import type { CeilingsReport, LoadReport } from '../load/tasks.ts';
import { measureConcurrency } from '../measure/concurrency.ts';
import { readLog } from '../measure/log-size.ts';
import { bothOf, isOverloaded, type Load, latencyOf, rateOf, runRounds, type Series } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { Found } from '../report/findings.ts';
import { countText, rounded } from '../report/numbers.ts';
import { cpuEach, rateTable } from '../report/series.ts';

export const SINGLE = { batch: 1, inFlight: 512 } as const;
const SINGLE_FEW = { batch: 1, inFlight: 128 } as const;
export const BATCHED = { batch: 16, inFlight: 64 } as const;
/** Claims per second of the open loops. */
const OPEN_RATES = [10_000, 20_000] as const;
/** Under which the projector's lag is looked at, and how many claims a second are asked for. */
const LAG_RATE = 10_000;
const PROBES_PER_SECOND = 200;

/** Of the time that is left when its turn comes. */
const SHARES = { alone: 0.45, openLoops: 0.3, withProjector: 0.75 } as const;

type Shape = Readonly<Record<string, unknown>>;
/** What cannot be beaten: the same messages sent back by a process that does nothing else. */
interface Echoes {
  readonly echo: Series;
  readonly batchedEcho: Series;
}

/** The echo of claims alone. */
export function echoPart(bench: Bench): Promise<void> {
  return bench.onSharedCell(async (cell) => {
    await bench.findings.step('echo', () => measureAlone(bench, cell, []));
  });
}

/** Claims in closed and open loops, without and with a projector, and what limits them. */
export function claimsPart(bench: Bench): Promise<void> {
  const { findings } = bench;
  return bench.onSharedCell(async (cell) => {
    const alone = await findings.step('claims', () => measureAlone(bench, cell, claimLoads(cell)));
    await findings.step('open loops', () => measureOpenLoops(bench, cell, alone));
    if (bench.options.plot !== undefined) {
      await findings.step('concurrency', () => measureConcurrency(bench, cell));
    }
    await findings.step('ceilings', () => measureCeilings(bench, cell));
    await findings.step('claims with a projector', () => measureWithProjector(bench, cell, alone));
    await findings.step('projection lag', () => measureLag(bench, cell));
  });
}

async function measureAlone(bench: Bench, cell: BenchCell, loads: readonly Load[]): Promise<Found & Echoes> {
  await cell.echo();
  const echoes = [load(cell, 'echo, single', 'echo', SINGLE), load(cell, 'echo, batches of 16', 'echo', BATCHED)];
  const series = await runRounds([...echoes, ...loads], bench.roundsIn(SHARES.alone));
  const [echo, batchedEcho, single, singleFew, batched, sdk] = series;
  if (echo === undefined || batchedEcho === undefined) {
    throw new Error('the echo was not measured');
  }
  const json = {
    natsEchoPerSecond: rate(echo),
    batchedEchoPerSecond: rate(batchedEcho),
    ...(single === undefined ? {} : rateKeys([single, singleFew, batched, sdk])),
    ...(single === undefined
      ? {}
      : {
          claimP50Ms: rounded(latencyOf(single, 0.5)),
          claimP99Ms: rounded(latencyOf(single, 0.99)),
          shareOfEcho: rounded(rateOf(single) / rateOf(echo)),
          shareOfBatchedEcho: rounded(rateOf(batched) / rateOf(batchedEcho)),
        }),
  };
  return { json, lines: rateTable('tracker alone', rowsOf(series, { echo, batchedEcho })), series, echo, batchedEcho };
}

async function measureOpenLoops(bench: Bench, cell: BenchCell, echoes?: Echoes): Promise<Found> {
  const loads = OPEN_RATES.map(
    (perSecond): Load => ({
      name: `open loop at ${countText(perSecond)}/s`,
      ...{ cell, process: cell.load },
      task: { type: 'open', traffic: 'claims', perSecond },
    }),
  );
  const series = await runRounds(loads, bench.roundsIn(SHARES.openLoops));
  const keys = OPEN_RATES.map((perSecond, place) => [perSecond, openKeys(series[place])]);
  return {
    json: { openLoop: Object.fromEntries(keys) },
    lines: rateTable('at a rate, tracker alone', rowsOf(series, echoes)),
    series,
  };
}

/** The same claims while a projector folds what they write. */
async function measureWithProjector(bench: Bench, cell: BenchCell, echoes?: Echoes): Promise<Found> {
  await cell.projector();
  const series = await runRounds(claimLoads(cell), bench.roundsIn(SHARES.withProjector));
  const lines = rateTable('with a live projector', rowsOf(series, echoes));
  return { json: { withProjector: rateKeys(series) }, lines, series };
}

/** How long what was claimed is not to be seen yet: its own reader asks for it as soon as the claim is answered. */
async function measureLag(bench: Bench, cell: BenchCell): Promise<Found> {
  await cell.projector();
  const { runs, seconds } = bench.rounds;
  // Claims go on until after the last question.
  const load = {
    type: 'open',
    traffic: 'claims',
    perSecond: LAG_RATE,
    seconds: runs * seconds + 2 * Math.min(1, seconds),
  };
  const probe = {
    ...{ name: 'projection lag', cell, process: await cell.asker() },
    task: { type: 'lag', perSecond: PROBES_PER_SECOND },
  };
  const [claims, [lag]] = await bothOf(cell.load.run<LoadReport>(load), runRounds([probe], bench.rounds));
  if (lag === undefined || lag.samples.length === 0) {
    throw new Error(lag?.failure ?? 'nothing was asked');
  }
  const [p50Ms, p99Ms] = [rounded(latencyOf(lag, 0.5)), rounded(latencyOf(lag, 0.99))];
  const note = claims.isOverloaded ? '  OVERLOADED: the claims did not keep their rate' : '';
  return {
    json: { projectionLag: { p50Ms, p99Ms, isOverloaded: claims.isOverloaded } },
    lines: [
      `projection lag under ${countText(LAG_RATE)} claims/s: p50 ${p50Ms} ms, p99 ${p99Ms} ms from the answer to a ` +
        `claim until its reader sees it${note}`,
    ],
    series: [lag],
  };
}

/** What no ledger on this machine can do more of, measured in the same run. */
async function measureCeilings(bench: Bench, cell: BenchCell): Promise<Found> {
  const { bytesPerEvent, eventsPerCommit } = await readLog(cell);
  const ceilings = await cell.ceilings();
  const seconds = Math.min(3, bench.rounds.seconds);
  const task = { ...cell.connectTask(), type: 'ceilings', seconds, bytesPerEvent };
  const { appendedEventsPerSecond, parsedClaimsPerSecond } = await ceilings.run<CeilingsReport>(task);
  await ceilings.stop();
  const [appended, parsed] = [Math.round(appendedEventsPerSecond), Math.round(parsedClaimsPerSecond)];
  return {
    json: {
      ceilings: { rawAppendEventsPerSecond: appended, jsonParsePerSecond: parsed },
      log: { bytesPerEvent, eventsPerCommit },
    },
    lines: [
      `ceilings: ${countText(appended)} events/s appended in full commits without a tracker, ` +
        `${countText(parsed)} claims/s by JSON.parse alone`,
      `log: ${bytesPerEvent} bytes an event, ${eventsPerCommit} events a commit`,
    ],
  };
}

function load(cell: BenchCell, name: string, traffic: string, shape: Shape): Load {
  return { name, cell, process: cell.load, task: { type: 'closed', traffic, ...shape } };
}

function claimLoads(cell: BenchCell): readonly Load[] {
  return [
    load(cell, 'single, 512 in flight', 'claims', SINGLE),
    load(cell, 'single, 128 in flight', 'claims', SINGLE_FEW),
    load(cell, 'batches of 16', 'claims', BATCHED),
    load(cell, 'with the SDK, 512 in flight', 'sdk', SINGLE),
  ];
}

function rowsOf(all: readonly Series[], echoes: Echoes | undefined) {
  return all.map((series) => ({
    series,
    ceiling: series.name.includes('batch') ? echoes?.batchedEcho : echoes?.echo,
  }));
}

function rateKeys([single, singleFew, batched, sdk]: readonly (Series | undefined)[]): object {
  return {
    claimsPerSecond: rate(single),
    claimsPerSecondAt128: rate(singleFew),
    batchedClaimsPerSecond: rate(batched),
    sdkClaimsPerSecond: rate(sdk),
    cpuMicrosecondsPerClaim: single === undefined ? undefined : cpuEach(single),
  };
}

function openKeys(series: Series | undefined): object {
  return {
    claimsPerSecond: rate(series),
    isOverloaded: series !== undefined && isOverloaded(series),
    p50Ms: rounded(latencyOf(series, 0.5)),
    p99Ms: rounded(latencyOf(series, 0.99)),
  };
}

/** Undefined where nothing was measured. */
function rate(series: Series | undefined): number | undefined {
  return series === undefined || series.samples.length === 0 ? undefined : Math.round(rateOf(series));
}
