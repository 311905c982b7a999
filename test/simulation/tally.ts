import type { Outcome } from './simulate.ts';

/** What a number of runs came to. */
export interface Tally {
  seeds: number;
  steps: number;
  commits: number;
  acknowledged: number;
  replies: number;
  /** Runs in which a service stopped for good, as it should. */
  stopped: number;
  readonly faults: Record<string, number>;
  readonly events: Record<string, number>;
}

export const emptyTally = (): Tally => ({
  ...{ seeds: 0, steps: 0, commits: 0, acknowledged: 0, replies: 0, stopped: 0 },
  faults: {},
  events: {},
});

export function addTo(tally: Tally, outcome: Outcome): void {
  tally.seeds += 1;
  tally.steps += outcome.turns;
  tally.commits += outcome.commits;
  tally.acknowledged += outcome.acknowledged;
  tally.replies += outcome.replies;
  tally.stopped += outcome.stopped.length > 0 ? 1 : 0;
  addCounts(tally.faults, outcome.faults);
  addCounts(tally.events, outcome.events);
}

/** One line each: what was done, and the faults by kind. */
export function tallyLines(tally: Tally): readonly string[] {
  const { seeds, steps, commits, acknowledged, replies, stopped } = tally;
  return [
    `${seeds} seeds: ${steps} steps, ${commits} commits, ${replies} replies, ${acknowledged} acknowledged outcomes, ` +
      `${stopped} runs with a service that stopped for good, as it should`,
    `faults: ${countsText(tally.faults)}`,
    `in the logs: ${countsText(tally.events)}`,
  ];
}

function addCounts(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) {
    counts[name] = (counts[name] ?? 0) + count;
  }
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}
