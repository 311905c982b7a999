import type { CandidateFigures } from '../measure/candidates.ts';
import type { ClaimFigures } from '../measure/claims.ts';
import type { FailOverFigures } from '../measure/fail-over.ts';
import type { FoldFigures } from '../measure/fold.ts';
import type { Spread } from '../measure/metrics.ts';
import type { MoveFigures } from '../measure/moves.ts';
import { isOverloaded, median, medianOf, type Series } from '../measure/sample.ts';
import type { BenchOptions } from '../options.ts';
import type { MachineFacts } from './machine.ts';

/** Everything one call of the benchmark has measured. */
export interface Measured {
  readonly machine: MachineFacts;
  readonly options: BenchOptions;
  readonly seconds: number;
  readonly claims: ClaimFigures | undefined;
  readonly moves: MoveFigures | undefined;
  readonly withProjector: readonly Series[];
  readonly openLoop: readonly Series[];
  readonly candidates: readonly CandidateFigures[];
  readonly fold: FoldFigures | undefined;
  readonly failOver: FailOverFigures | undefined;
}

/** The object of `--json`. What was not asked for is absent; every figure is the median of the runs. */
export function jsonOf(measured: Measured): object {
  const { machine, options, seconds, claims, moves, candidates, fold } = measured;
  return {
    ...(claims === undefined ? {} : claimKeys(claims)),
    ...(moves === undefined ? {} : { moves: moveKeys(moves) }),
    ...projectorKeys(measured.withProjector, measured.openLoop),
    ...(candidates.length === 0 ? {} : candidateKeys(candidates)),
    ...(fold === undefined ? {} : foldKeys(fold)),
    ...(measured.failOver === undefined ? {} : { failOver: failOverKeys(measured.failOver) }),
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

function failOverKeys({ killed, handedOver, accepted }: FailOverFigures): object {
  const whole = (gapsMs: readonly number[]) => ({
    turns: gapsMs.length,
    p50Ms: rounded(median(gapsMs)),
    maxMs: rounded(Math.max(...gapsMs)),
  });
  return { killed: whole(killed), ...(handedOver.length === 0 ? {} : { handedOver: whole(handedOver) }), accepted };
}

function moveKeys(moves: MoveFigures): object {
  return {
    stepsPerSecond: rate(moves.steps),
    stepP50Ms: rounded(medianOf(moves.steps, ({ p50Ms }) => p50Ms)),
    stepP99Ms: rounded(medianOf(moves.steps, ({ p99Ms }) => p99Ms)),
    ...stepOfClaim(moves),
    cpuMicrosecondsPerStep: cpuPerClaim(moves.steps),
  };
}

/**
 * The time of a step, and the tracker's processor time for it, as multiples of a claim's in the same run. The second
 * is undefined where processor time is not known.
 */
export function stepOfClaim({ claims, steps }: MoveFigures) {
  const trackerTime = (series: Series): number => medianOf(series, ({ cpu, count }) => (cpu['tracker'] ?? 0) / count);
  const ofClaim = trackerTime(claims);
  return {
    timeOfClaim: rounded(rate(claims) / rate(steps)),
    trackerTimeOfClaim: ofClaim === 0 ? undefined : rounded(trackerTime(steps) / ofClaim),
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
    candidatesInServiceIdle: byNodes(({ inServiceIdle }) => spreadKeys(inServiceIdle)),
    candidatesInService: byNodes(({ inService }) => spreadKeys(inService)),
  };
}

function spreadKeys({ count, meanMs, p50Ms, p99Ms }: Spread): object {
  return { count, meanMs: rounded(meanMs), p50Ms: rounded(p50Ms), p99Ms: rounded(p99Ms) };
}

function foldKeys({ samples, bytesPerEvent, eventsPerCommit }: FoldFigures): object {
  return {
    foldEventsPerSecond: Math.round(median(samples.map(({ events, seconds }) => events / seconds))),
    foldWithDigestEventsPerSecond: Math.round(
      median(samples.map(({ events, secondsWithDigest }) => events / secondsWithDigest)),
    ),
    foldCpuMicrosecondsPerEvent: rounded(median(samples.map(({ events, cpuSeconds }) => (cpuSeconds * 1e6) / events))),
    log: { bytesPerEvent, eventsPerCommit },
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
