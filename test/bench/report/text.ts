import type { CandidateFigures } from '../measure/candidates.ts';
import type { FailOverFigures } from '../measure/fail-over.ts';
import type { FoldFigures } from '../measure/fold.ts';
import type { Spread } from '../measure/metrics.ts';
import type { MoveFigures } from '../measure/moves.ts';
import { isOverloaded, median, medianOf, type Sample, type Series } from '../measure/sample.ts';
import { cpuPerClaim, type Measured, rate, stepOfClaim } from './figures.ts';
import type { MachineFacts } from './machine.ts';

/** The report for people. */
export function textOf(measured: Measured): string {
  const { claims, moves, withProjector, openLoop, candidates, fold, seconds, options } = measured;
  const { echo, batchedEcho, single, singleFew, batched } = claims ?? {};
  const series = [echo, single, singleFew, batchedEcho, batched].filter((one) => one !== undefined);
  const lines = [
    ...machineLines(measured.machine),
    `each load ${options.runs} × ${options.seconds} s; in all ${Math.round(seconds)} s`,
    ...(series.length === 0 ? [] : ['', ...rateTable('tracker alone', series, claims?.echo, claims?.batchedEcho)]),
    ...(moves === undefined ? [] : ['', ...moveLines(moves, echo)]),
    ...(withProjector.length === 0
      ? []
      : ['', ...rateTable('with a live projector', [...withProjector, ...openLoop], echo, batchedEcho)]),
    ...(candidates.length === 0 ? [] : ['', ...candidates.flatMap(candidateLines)]),
    ...(fold === undefined ? [] : ['', ...foldLines(fold)]),
    ...(measured.failOver === undefined ? [] : ['', ...failOverLines(measured.failOver)]),
  ];
  return `${lines.join('\n')}\n`;
}

function machineLines(machine: MachineFacts): string[] {
  const { system, processor, cores, memoryGb, node, natsServer, syncsPerSecond, loadBefore } = machine;
  return [
    `${cores} cores of ${processor}, ${memoryGb} GiB, ${system}; load before: ${loadBefore.toFixed(1)}`,
    `node ${node}, nats-server ${natsServer} (sync_interval: always), ${syncsPerSecond} synced writes/s`,
  ];
}

function rateTable(title: string, series: readonly Series[], echo?: Series, batchedEcho?: Series): string[] {
  const head = `${title.padEnd(28)} ${'per second (min/median/max)'.padEnd(28)} ${'of echo'.padEnd(8)} p50 ms   p99 ms`;
  const rows = series.flatMap((one) => {
    const ceiling = one.name.includes('batch') ? batchedEcho : echo;
    const share = ceiling === undefined ? '' : (rate(one) / rate(ceiling)).toFixed(2);
    const [p50, p99] = [medianOf(one, ({ p50Ms }) => p50Ms), medianOf(one, ({ p99Ms }) => p99Ms)];
    const latency = `${p50.toFixed(2).padStart(6)} ${p99.toFixed(2).padStart(8)}`;
    const rates = spread(one, ({ perSecond }) => perSecond, 0);
    const note = isOverloaded(one) ? '  OVERLOADED' : '';
    return [
      `${one.name.padEnd(28)} ${rates.padEnd(28)} ${share.padEnd(8)} ${latency}${note}`,
      `${' '.repeat(28)} µs of processor time each: ${cpuText(one)}`,
    ];
  });
  return [head, ...rows];
}

function failOverLines({ killed, handedOver }: FailOverFigures): string[] {
  const line = (what: string, gapsMs: readonly number[]): string => {
    const figures = `p50 ${Math.round(median(gapsMs))} ms, longest ${Math.round(Math.max(...gapsMs))} ms`;
    return `${what.padEnd(28)} ${`${gapsMs.length} times`.padEnd(28)} ${figures} without an accepted claim`;
  };
  return [line('writer killed', killed), ...(handedOver.length === 0 ? [] : [line('office handed over', handedOver)])];
}

function moveLines(moves: MoveFigures, echo?: Series): string[] {
  const { timeOfClaim, trackerTimeOfClaim } = stepOfClaim(moves);
  const processor =
    trackerTimeOfClaim === undefined ? '' : `, and ${trackerTimeOfClaim.toFixed(2)} times the tracker's processor time`;
  return [
    ...rateTable('moves, tracker alone', [moves.claims, moves.steps], echo),
    `a step of a move takes ${timeOfClaim.toFixed(2)} times the time of a claim${processor}`,
  ];
}

function cpuText(series: Series): string {
  return Object.entries(cpuPerClaim(series))
    .map(([name, microseconds]) => `${name} ${microseconds.toFixed(1)}`)
    .join(', ');
}

function candidateLines(figures: CandidateFigures): string[] {
  const { nodes, idle, loaded, inServiceIdle, inService } = figures;
  const note = figures.isOverloaded ? ['  OVERLOADED: the claims did not keep their rate'] : [];
  return [
    `candidates of ${nodes} nodes, top 10`,
    `  over NATS, idle:         ${latencyText(idle)}`,
    `  over NATS, under claims: ${latencyText(loaded)}`,
    `  in the service, idle:         ${spreadText(inServiceIdle)}`,
    `  in the service, under claims: ${spreadText(inService)}`,
    ...note,
  ];
}

function spreadText({ meanMs, p50Ms, p99Ms }: Spread): string {
  return `mean ${meanMs.toFixed(2)} ms, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`;
}

function latencyText(series: Series): string {
  const p50 = spread(series, ({ p50Ms }) => p50Ms, 2);
  return `p50 ${p50} ms, p99 ${spread(series, ({ p99Ms }) => p99Ms, 2)} ms`;
}

function foldLines({ samples, bytesPerEvent, eventsPerCommit }: FoldFigures): string[] {
  const rates = rangeOf(samples.map((sample) => sample.events / sample.seconds));
  const withDigest = rangeOf(samples.map((sample) => sample.events / sample.secondsWithDigest));
  const cpu = median(samples.map((sample) => (sample.cpuSeconds * 1e6) / sample.events));
  return [
    `fold of the log into an inventory, verified: ${rates} events/s`,
    `  with its digest: ${withDigest} events/s; ${cpu.toFixed(1)} µs of processor time an event`,
    `  ${bytesPerEvent} bytes an event in the log, ${eventsPerCommit} events a commit`,
  ];
}

function rangeOf(values: readonly number[], digits = 0): string {
  return [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(digits)).join(' / ');
}

function spread(series: Series, figure: (sample: Sample) => number, digits: number): string {
  return rangeOf(series.samples.map(figure), digits);
}
