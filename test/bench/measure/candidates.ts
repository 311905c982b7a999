import { setTimeout as delay } from 'node:timers/promises';
import type { LoadReport } from '../load/tasks.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { ServiceProcess } from '../processes/service.ts';
import { readGauge, readHistogram, type Spread, spreadBetween } from './metrics.ts';
import { type Rounds, runRounds, type Series } from './sample.ts';

/** Claims per second that are decided and folded meanwhile. */
const CLAIM_RATE = 5_000;
/** Questions per second. */
const QUESTION_RATE = 200;

const CATCH_UP_TIMEOUT_MS = 60_000;
const CATCH_UP_POLL_MS = 50;
const METRIC = 'fleetbook_query_duration_seconds';
const QUERY = 'candidates';

export interface CandidateFigures {
  readonly nodes: number;
  readonly idle: Series;
  readonly loaded: Series;
  /** The claims beside the questions did not keep their rate. */
  readonly isOverloaded: boolean;
  /** What the projector itself says it took. */
  readonly inServiceIdle: Spread;
  readonly inService: Spread;
}

/** Top 10 candidates for requests of the trace, without and with claims going on; the asker is a process of its own. */
export async function measureCandidates(cell: BenchCell, rounds: Rounds): Promise<CandidateFigures> {
  const projector = await cell.projector();
  const asker = await cell.asker();
  await caughtUp(cell, projector);
  const name = `candidates, ${cell.nodes} nodes`;
  const task = { type: 'open', traffic: 'candidates', perSecond: QUESTION_RATE };
  // Not counted in the service either: a service that has just started compiles what it answers with.
  await asker.run({ ...task, seconds: Math.min(1, rounds.seconds) });
  const first = readHistogram(await projector.metrics(), METRIC, QUERY);
  const [idle] = await runRounds(cell, [{ name, process: asker, task }], rounds);
  const before = readHistogram(await projector.metrics(), METRIC, QUERY);
  const { answer, claims } = await underClaims(cell, rounds, () =>
    runRounds(cell, [{ name: `${name}, under claims`, process: asker, task }], rounds),
  );
  const [loaded] = answer;
  const after = readHistogram(await projector.metrics(), METRIC, QUERY);
  if (idle === undefined || loaded === undefined) {
    throw new Error('the candidates were not measured');
  }
  const { isOverloaded } = claims;
  const inServiceIdle = spreadBetween(first, before);
  return { nodes: cell.nodes, idle, loaded, isOverloaded, inServiceIdle, inService: spreadBetween(before, after) };
}

/** Resolves when the projector has folded all that the tracker has written. */
async function caughtUp({ tracker }: BenchCell, projector: ServiceProcess): Promise<void> {
  const numberOf = async (service: ServiceProcess): Promise<number> =>
    readGauge(await service.metrics(), 'fleetbook_ledger_number');
  const written = await numberOf(tracker);
  const endMs = performance.now() + CATCH_UP_TIMEOUT_MS;
  while ((await numberOf(projector)) < written) {
    if (performance.now() > endMs) {
      throw new Error(`the projector has not reached event ${written} in ${CATCH_UP_TIMEOUT_MS} ms`);
    }
    await delay(CATCH_UP_POLL_MS);
  }
}

/** Claims begin before the questions, and go on until after them. */
async function underClaims<Value>(cell: BenchCell, rounds: Rounds, ask: () => Promise<Value>) {
  const marginSeconds = 1;
  const seconds = rounds.runs * rounds.seconds + Math.min(1, rounds.seconds) + marginSeconds;
  const task = { type: 'open', traffic: 'claims', perSecond: CLAIM_RATE, seconds };
  const [answer, claims] = await Promise.all([ask(), cell.load.run<LoadReport>(task)]);
  return { answer, claims };
}
