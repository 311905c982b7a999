import type { BenchOptions } from '../options.ts';
import type { Findings } from './findings.ts';
import type { MachineFacts } from './machine.ts';
import { shortened } from './series.ts';
import { budgetLines } from './tables.ts';

/** Everything one call of the benchmark has measured, and where. */
export interface Measured {
  readonly machine: MachineFacts;
  readonly options: BenchOptions;
  readonly seconds: number;
  readonly findings: Findings;
}

/** The report for people. */
export function textOf({ machine, options, seconds, findings }: Measured): string {
  const { lines, failures, leftOut } = findings;
  const budgets = budgetLines(findings.json);
  const fewer = shortened(findings.series, options.runs);
  const all = [
    ...machineLines(machine),
    `each load ${options.runs} × ${options.seconds} s; in all ${Math.round(seconds)} s`,
    '',
    ...lines,
    ...(budgets.length === 0 ? [] : ['', ...budgets]),
    ...(fewer.length === 0 ? [] : ['', `FEWER RUNS, for lack of time: ${fewer.join(', ')}`]),
    ...(leftOut.length === 0 ? [] : ['', `NOT MEASURED, the time was over: ${leftOut.join(', ')}`]),
    ...(failures.length === 0 ? [] : ['', ...failures.map(({ what, reason }) => `FAILED: ${what}: ${reason}`)]),
  ];
  return `${all.join('\n')}\n`;
}

export function machineLines(machine: MachineFacts): string[] {
  const { system, processor, cores, memoryGb, node, natsServer, syncsPerSecond, loadBefore } = machine;
  return [
    `${cores} cores of ${processor}, ${memoryGb} GiB, ${system}; load before: ${loadBefore.toFixed(1)}`,
    `node ${node}, nats-server ${natsServer} (sync_interval: always), ${syncsPerSecond} synced writes/s`,
  ];
}
