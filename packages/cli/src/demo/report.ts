import type { SecondAct } from '@fleetbook/workload';
import { bar } from '../output/progress.ts';
import { refusalLines } from '../output/reply.ts';
import { styled } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Digests } from './digests.ts';
import type { Fill } from './fleet-usage.ts';
import type { LatencySummary, ShownRefusal, Tally } from './tally.ts';

const BAR_COLUMNS = 40;

export interface KilledService {
  readonly service: 'projector' | 'tracker';
  readonly pid: number;
  readonly newPid: number;
  /** The last event known when it was killed. */
  readonly atEvent: number;
  /** From the kill to the first answer of the restarted process. */
  readonly recoveredMs: number;
}

/** What `--json` prints as its last line. */
export interface DemoResult {
  readonly nodes: number;
  readonly commands: number;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly dropped: number;
  readonly secondAct: SecondAct;
  readonly events: number;
  readonly commits: number;
  readonly killed: readonly KilledService[];
  readonly claimsPerSecond: number;
  readonly claimP50Ms: number;
  readonly claimP99Ms: number;
  readonly digests: Digests;
  readonly seconds: number;
}

const count = (value: number): string => value.toLocaleString('en-US');
const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

const latencyLine = (title: string, { count: requests, p50Ms, p99Ms, slowestMs }: LatencySummary): string => {
  const times = `p50 ${milliseconds(p50Ms)}, p99 ${milliseconds(p99Ms)}, slowest ${milliseconds(slowestMs)}`;
  return `${title.padEnd(24)} ${times} (${count(requests)} requests)`;
};

const explain = (terminal: Terminal, { instance, node, commandId, error }: ShownRefusal): void => {
  terminal.print(`One of them, ${instance} on ${node} (command ${commandId}):`);
  terminal.print(`  ${error.code}: ${error.message}`);
  terminal.print(`  judged at event ${JSON.stringify(error.details['judgedAt'])}`);
  for (const line of refusalLines(error)) {
    terminal.print(`  ${line}`);
  }
};

const printRefusals = (terminal: Terminal, { refused, shown }: Tally): void => {
  terminal.print('');
  terminal.print(styled(terminal, 'bold', 'Refusals, by reason'));
  for (const [code, refusals] of refused) {
    terminal.print(`  ${code.padEnd(24)} ${count(refusals).padStart(6)}`);
  }
  if (shown !== undefined) {
    explain(terminal, shown);
  }
};

const fatesOf = (fates: Readonly<Record<string, number>>): string =>
  Object.entries(fates)
    .map(([fate, moves]) => `${count(moves)} ${fate}`)
    .join(', ');

const printSecondAct = (terminal: Terminal, { moves, evacuation, healing }: SecondAct): void => {
  terminal.print('');
  terminal.print(styled(terminal, 'bold', 'Second act: moves made up by a recorded seed (the trace has none)'));
  for (const [kind, fates] of Object.entries(moves)) {
    terminal.print(`  ${kind.padEnd(14)} ${fatesOf(fates)}`);
  }
  terminal.print(
    `  ${'evacuation'.padEnd(14)} ${evacuation.node} went down with ${evacuation.guests} guests, ` +
      `${evacuation.evacuated} of which were evacuated`,
  );
  terminal.print(`  ${''.padEnd(14)} it returned, was told of ${evacuation.leftBehind} left behind, and dropped them`);
  printHealing(terminal, healing);
};

const printHealing = (terminal: Terminal, { node, found, healed, large, open }: SecondAct['healing']): void => {
  const say = (text: string, title = ''): void => terminal.print(`  ${title.padEnd(14)} ${text}`);
  say(`reports of guests of ${node} and of the returned host found`, 'drift');
  say(fatesOf(found));
  for (const [policy, kinds] of Object.entries(healed)) {
    say(`${policy} healed ${fatesOf(kinds)}`);
  }
  say(
    `a heal of ${large.count} was refused (more than ${large.limit} are not freed unasked); ` +
      `${large.freed} were freed once an operator stated the number`,
  );
  say(`left for somebody to look at: ${open.length === 0 ? 'nothing' : open.join(', ')}`);
};

const printFills = (terminal: Terminal, fills: readonly Fill[]): void => {
  terminal.print('');
  terminal.print(styled(terminal, 'bold', 'How full the fleet is'));
  for (const { name, charged, capacity } of fills) {
    const share = capacity === 0 ? 0 : charged / capacity;
    const percent = `${(share * 100).toFixed(1)} %`.padStart(7);
    terminal.print(
      `  ${name.padEnd(14)} ${bar(share, BAR_COLUMNS)} ${percent}  ${count(charged)} of ${count(capacity)}`,
    );
  }
};

const printDigests = (terminal: Terminal, { live, replay, reference }: Digests, events: number): void => {
  const areEqual = live === replay && live === reference;
  terminal.print('');
  terminal.print(styled(terminal, 'bold', `Three digests of the inventory at event ${count(events)}`));
  terminal.print(`  live       ${live}  the running projector, and the tracker`);
  terminal.print(`  replay     ${replay}  a fresh process that read the log from event 1`);
  terminal.print(`  reference  ${reference}  a second, naive fold of the raw events`);
  terminal.print(
    areEqual
      ? styled(terminal, 'green', '  They are equal: what the services say is what the log says.')
      : styled(terminal, 'red', '  THEY DIFFER: do not trust the answers of these services.'),
  );
};

/** Prints the result for people. */
export const printReport = (
  terminal: Terminal,
  result: DemoResult,
  tally: Tally,
  fills: readonly Fill[],
  next: readonly string[],
): void => {
  terminal.print('');
  terminal.print(
    `${count(result.accepted)} tasks were placed on ${count(result.nodes)} nodes and stay: the fleet fills. ` +
      `${count([...tally.refused.values()].reduce((sum, refusals) => sum + refusals, 0))} were refused. ` +
      `Then ${count(result.dropped)} were dropped.`,
  );
  terminal.print(
    `${count(result.commands)} commands became ${count(result.events)} events in ${count(result.commits)} commits; ` +
      `${count(Math.round(result.claimsPerSecond))} claims/s, each checked, synced to disk, then answered. ` +
      `${result.seconds} s in all.`,
  );
  terminal.print(latencyLine('claims', tally.quiet));
  terminal.print(latencyLine('claims during a kill', tally.disturbed));
  for (const { service, pid, newPid, atEvent, recoveredMs } of result.killed) {
    const killed = `${service} ${pid} was killed (SIGKILL) at event ${count(atEvent)}`;
    terminal.print(`${killed}; ${newPid} answered ${count(recoveredMs)} ms later`);
  }
  printRefusals(terminal, tally);
  printSecondAct(terminal, result.secondAct);
  printFills(terminal, fills);
  printDigests(terminal, result.digests, result.events);
  terminal.print('');
  terminal.print(styled(terminal, 'bold', 'Try next'));
  for (const command of next) {
    terminal.print(`  ${command}`);
  }
};
