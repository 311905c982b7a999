import type { Bench } from '../bench.ts';
import { latencyOf, medianOf, rateOf, runRounds, type Series } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { Found } from '../report/findings.ts';
import { countText, rounded } from '../report/numbers.ts';
import { cpuEach, rateTable } from '../report/series.ts';
import { SINGLE } from './claims.ts';

/** Of a cold move: claimed, prepared, running, switched, finished, confirmed. */
const STEPS_OF_A_MOVE = 6;
/** Of the shortest way there is: claimed, advanced once, confirmed. */
const STEPS_OF_A_SHORT_MOVE = 3;

/** Steps of cold moves, each of an instance of its own, in turn with claims. */
export function movesPart(bench: Bench): Promise<void> {
  return bench.onSharedCell(async (cell) => {
    await bench.findings.step('moves', () => measureMoves(bench, cell));
  });
}

async function measureMoves(bench: Bench, cell: BenchCell): Promise<Found> {
  const { load: process } = cell;
  await process.run({ type: 'set-up-moves', instances: SINGLE.inFlight });
  const task = { type: 'closed', ...SINGLE };
  const series = await runRounds(
    [
      { name: 'claims, beside moves', cell, process, task: { ...task, traffic: 'claims' } },
      { name: 'steps of moves', cell, process, task: { ...task, traffic: 'moves' } },
    ],
    bench.rounds,
  );
  const [claims, steps] = series;
  if (claims === undefined || steps === undefined || steps.samples.length === 0) {
    throw new Error(steps?.failure ?? 'nothing was moved');
  }
  const { timeOfClaim, trackerTimeOfClaim } = stepOfClaim(claims, steps);
  const perSecond = rateOf(steps);
  const processor =
    trackerTimeOfClaim === undefined ? '' : `, and ${trackerTimeOfClaim.toFixed(2)} times the tracker's processor time`;
  const moves = {
    stepsPerSecond: Math.round(perSecond),
    movesPerSecond: Math.round(perSecond / STEPS_OF_A_MOVE),
    shortMovesPerSecond: Math.round(perSecond / STEPS_OF_A_SHORT_MOVE),
    stepP50Ms: rounded(latencyOf(steps, 0.5)),
    stepP99Ms: rounded(latencyOf(steps, 0.99)),
    ...{ timeOfClaim, trackerTimeOfClaim, cpuMicrosecondsPerStep: cpuEach(steps) },
  };
  const lines = [
    ...rateTable(
      'moves, tracker alone',
      series.map((one) => ({ series: one })),
    ),
    `cold moves of six steps: ${countText(moves.movesPerSecond)}/s; of three, the shortest: ` +
      `${countText(moves.shortMovesPerSecond)}/s`,
    `a step of a move takes ${timeOfClaim.toFixed(2)} times the time of a claim${processor}`,
  ];
  return { json: { moves }, lines, series };
}

/**
 * The time of a step, and the tracker's processor time for it, as multiples of a claim's in the same run. The second
 * is undefined where processor time is not known.
 */
function stepOfClaim(claims: Series, steps: Series) {
  const trackerTime = (series: Series): number =>
    medianOf(series, ({ uses, count }) => (uses['tracker']?.cpuSeconds ?? 0) / count);
  const ofClaim = trackerTime(claims);
  return {
    timeOfClaim: rounded(rateOf(claims) / rateOf(steps)),
    trackerTimeOfClaim: ofClaim === 0 ? undefined : rounded(trackerTime(steps) / ofClaim),
  };
}
