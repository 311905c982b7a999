import type { FleetbookError } from '@fleetbook/contracts';
import { createLatencies, type HeldTask, type TaskOutcome } from '@fleetbook/workload';

/** A refusal to show: the task and what the ledger said of it. */
export interface ShownRefusal {
  readonly instance: string;
  readonly node: string;
  readonly commandId: string;
  readonly error: FleetbookError;
}

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What became of the tasks. */
export interface Tally {
  readonly held: readonly HeldTask[];
  /** Refusals by code, most frequent first. */
  readonly refused: ReadonlyMap<string, number>;
  /** The first refusal of the most frequent code. */
  readonly shown: ShownRefusal | undefined;
  /** Of the requests that met no killed service. */
  readonly quiet: LatencySummary;
  /** Of the requests in flight while a service was down. */
  readonly disturbed: LatencySummary;
}

export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
}

const overlaps = ({ sentAtMs, answeredAtMs }: TaskOutcome, { fromMs, toMs }: Window): boolean =>
  sentAtMs <= toMs && answeredAtMs >= fromMs;

const summaryOf = (outcomes: readonly TaskOutcome[]): LatencySummary => {
  const latencies = createLatencies();
  for (const { sentAtMs, answeredAtMs } of outcomes) {
    latencies.add(answeredAtMs - sentAtMs);
  }
  return {
    count: latencies.count,
    p50Ms: latencies.percentile(0.5),
    p99Ms: latencies.percentile(0.99),
    slowestMs: latencies.percentile(1),
  };
};

const mostFrequentFirst = (counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> =>
  new Map([...counts].sort(([, left], [, right]) => right - left));

/** Counts outcomes; `disturbances` are the times between a kill and the first answer of the restarted service. */
export const tallyOf = (outcomes: readonly TaskOutcome[], disturbances: readonly Window[]): Tally => {
  const held: HeldTask[] = [];
  const refusals: ShownRefusal[] = [];
  const counts = new Map<string, number>();
  for (const { task, node, reply } of outcomes) {
    if (reply.outcome === 'refused') {
      counts.set(reply.error.code, (counts.get(reply.error.code) ?? 0) + 1);
      refusals.push({ instance: task.id, node, commandId: reply.commandId, error: reply.error });
    } else if (reply.outcome !== 'error' && reply.result.type === 'ClaimInstance') {
      held.push({ instance: task.id, node, claimId: reply.result.claimId });
    } else {
      throw new Error(`no outcome for ${task.id}: ${JSON.stringify(reply)}`);
    }
  }
  const refused = mostFrequentFirst(counts);
  const [commonest] = refused.keys();
  const isDisturbed = (outcome: TaskOutcome): boolean => disturbances.some((window) => overlaps(outcome, window));
  return {
    held,
    refused,
    shown: refusals.find(({ error }) => error.code === commonest),
    quiet: summaryOf(outcomes.filter((outcome) => !isDisturbed(outcome))),
    disturbed: summaryOf(outcomes.filter(isDisturbed)),
  };
};
