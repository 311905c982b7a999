import type { FoldReport } from '../load/tasks.ts';
import type { CandidateFigures } from '../measure/candidates.ts';
import type { ClaimFigures } from '../measure/claims.ts';
import { isOverloaded, median, medianOf, type Series } from '../measure/sample.ts';
import type { BenchOptions } from '../options.ts';
import type { MachineFacts } from './machine.ts';

/** Everything one call of the benchmark has measured. */
export interface Measured {
  readonly machine: MachineFacts;
  readonly options: BenchOptions;
  readonly seconds: number;
  readonly claims: ClaimFigures | undefined;
  readonly withProjector: readonly Series[];
  readonly openLoop: readonly Series[];
  readonly candidates: readonly CandidateFigures[];
  readonly fold: readonly FoldReport[];
}

/** The object of `--json`. What was not asked for is absent; every figure is the median of the runs. */
export function jsonOf(measured: Measured): object {
  const { machine, options, seconds, claims, candidates, fold } = measured;
  return {
    ...(claims === undefined ? {} : claimKeys(claims)),
    ...projectorKeys(measured.withProjector, measured.openLoop),
    ...(candidates.length === 0 ? {} : candidateKeys(candidates)),
    ...(fold.length === 0 ? {} : foldKeys(fold)),
    machine,
    settings: { seconds: options.seconds, runs: options.runs, nodes: options.nodes, parts: [...options.parts] },
    seconds: rounded(seconds),
  };
}

function claimKeys({ echo, batchedEcho, single, singleFew, batched }: ClaimFigures): object {
  return {
    natsEchoPerSecond: rate(echo),
    batchedEchoPerSecond: rate(batchedEcho),
    ...(single === undefined
      ? {}
      : {
          claimsPerSecond: rate(single),
          claimsPerSecondAt128: rate(singleFew),
          batchedClaimsPerSecond: rate(batched),
          claimP50Ms: rounded(medianOf(single, ({ p50Ms }) => p50Ms)),
          claimP99Ms: rounded(medianOf(single, ({ p99Ms }) => p99Ms)),
          shareOfEcho: rounded(rate(single) / rate(echo)),
          cpuMicrosecondsPerClaim: cpuPerClaim(single),
        }),
  };
}

function projectorKeys([single, singleFew, batched]: readonly Series[], [openLoop]: readonly Series[]): object {
  return {
    ...(single === undefined
      ? {}
      : {
          withProjector: {
            claimsPerSecond: rate(single),
            claimsPerSecondAt128: rate(singleFew),
            batchedClaimsPerSecond: rate(batched),
            cpuMicrosecondsPerClaim: cpuPerClaim(single),
          },
        }),
    ...(openLoop === undefined
      ? {}
      : {
          openLoop: {
            claimsPerSecond: rate(openLoop),
            isOverloaded: isOverloaded(openLoop),
            claimP50Ms: rounded(medianOf(openLoop, ({ p50Ms }) => p50Ms)),
            claimP99Ms: rounded(medianOf(openLoop, ({ p99Ms }) => p99Ms)),
          },
        }),
  };
}

function candidateKeys(candidates: readonly CandidateFigures[]): object {
  const byNodes = (figure: (figures: CandidateFigures) => unknown) =>
    Object.fromEntries(candidates.map((figures) => [figures.nodes, figure(figures)]));
  return {
    candidatesP99Ms: byNodes(({ loaded }) => rounded(medianOf(loaded, ({ p99Ms }) => p99Ms))),
    candidatesIdleP99Ms: byNodes(({ idle }) => rounded(medianOf(idle, ({ p99Ms }) => p99Ms))),
    candidatesOverloaded: candidates.some((figures) => figures.isOverloaded),
    candidatesInService: byNodes(({ inService }) => ({ ...inService, meanMs: rounded(inService.meanMs) })),
  };
}

function foldKeys(fold: readonly FoldReport[]): object {
  const [first] = fold;
  return {
    foldEventsPerSecond: Math.round(median(fold.map(({ events, seconds }) => events / seconds))),
    foldWithDigestEventsPerSecond: Math.round(
      median(fold.map(({ events, secondsWithDigest }) => events / secondsWithDigest)),
    ),
    foldCpuMicrosecondsPerEvent: rounded(median(fold.map(({ events, cpuSeconds }) => (cpuSeconds * 1e6) / events))),
    foldedLog: first === undefined ? {} : { events: first.events, commits: first.commits, bytes: first.bytes },
  };
}

export function rate(series: Series | undefined): number {
  return Math.round(medianOf(series, ({ perSecond }) => perSecond));
}

/** Processor time of each process for one claim. */
export function cpuPerClaim(series: Series): Readonly<Record<string, number>> {
  const names = Object.keys(series.samples[0]?.cpu ?? {});
  const each = names.map((name): [string, number] => [
    name,
    rounded(medianOf(series, ({ cpu, count }) => ((cpu[name] ?? 0) * 1e6) / count)),
  ]);
  return Object.fromEntries(each.filter(([, microseconds]) => microseconds > 0));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
