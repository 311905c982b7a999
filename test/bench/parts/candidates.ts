import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import type { LoadReport } from '../load/tasks.ts';
import { readGauge, readHistogram, type Spread, spreadBetween } from '../measure/metrics.ts';
import { bothOf, latencyOf, percentileOf, type Rounds, runRounds, type Series } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { ServiceProcess } from '../processes/service.ts';
import type { Found } from '../report/findings.ts';
import { countText, rangeText, rounded } from '../report/numbers.ts';

/** Claims per second that are decided and folded meanwhile. */
const CLAIM_RATE = 5_000;
/** Questions per second. */
const QUESTION_RATE = 200;
/** Of those that are hard to answer. */
const ADVERSARIAL_RATE = 20;

const CATCH_UP_TIMEOUT_MS = 60_000;
const CATCH_UP_POLL_MS = 50;
const METRIC = 'fleetbook_query_duration_seconds';
const QUERY = 'candidates';

/** Of one kind of question. */
interface Asked {
  readonly series: Series;
  /** What the projector itself says it took. */
  readonly inService: Spread;
}

interface CandidateFigures {
  readonly nodes: number;
  readonly idle: Asked;
  readonly loaded: Asked;
  readonly adversarial: Asked;
  readonly selective: Asked;
  /** The claims beside the questions did not keep their rate. */
  readonly isOverloaded: boolean;
}

/** Top 10 candidates of the usual fleet, and of further ones; the asker is a process of its own. */
export function candidatesParts() {
  const figures: CandidateFigures[] = [];
  return {
    usual: (bench: Bench) => measureFleets(bench, bench.options.nodes.slice(0, 1), figures),
    further: (bench: Bench) => measureFleets(bench, bench.options.nodes.slice(1), figures),
  };
}

async function measureFleets(bench: Bench, fleets: readonly number[], figures: CandidateFigures[]): Promise<void> {
  for (const [place, nodes] of fleets.entries()) {
    const share = 1 / (fleets.length - place);
    const what = `candidates of ${countText(nodes)} nodes`;
    const measure = async (cell: BenchCell): Promise<void> => {
      await bench.findings.step(what, async () => {
        figures.push(await measureCandidates(cell, bench.roundsIn(share)));
        return foundOf(figures);
      });
    };
    await bench.findings.attempt(what, () =>
      nodes === bench.nodes ? bench.onSharedCell(measure) : bench.onCell({ nodes }, measure),
    );
  }
}

async function measureCandidates(cell: BenchCell, rounds: Rounds): Promise<CandidateFigures> {
  const projector = await cell.projector();
  const { run } = await cell.asker();
  await caughtUp(cell, projector);
  // Not counted in the service either: a service that has just started compiles what it answers with.
  const warmUp = { type: 'open', traffic: 'candidates', perSecond: QUESTION_RATE };
  await run({ ...warmUp, seconds: Math.min(1, rounds.seconds) });
  const ask = (name: string, traffic: string, perSecond: number): Promise<Asked> =>
    asked(cell, rounds, `candidates of ${countText(cell.nodes)} nodes, ${name}`, { type: 'open', traffic, perSecond });
  const idle = await ask('idle', 'candidates', QUESTION_RATE);
  const adversarial = await ask('adversarial', 'adversarial', ADVERSARIAL_RATE);
  const selective = await ask('selective', 'selective', QUESTION_RATE);
  const { answer, claims } = await underClaims(cell, rounds, () => ask('under claims', 'candidates', QUESTION_RATE));
  return { nodes: cell.nodes, idle, adversarial, selective, loaded: answer, isOverloaded: claims.isOverloaded };
}

async function asked(cell: BenchCell, rounds: Rounds, name: string, task: object): Promise<Asked> {
  const projector = await cell.projector();
  const before = readHistogram(await projector.metrics(), METRIC, QUERY);
  const [series] = await runRounds([{ name, cell, process: await cell.asker(), task }], rounds);
  const after = readHistogram(await projector.metrics(), METRIC, QUERY);
  if (series === undefined || series.failure !== undefined) {
    throw new Error(series?.failure ?? 'nothing was asked');
  }
  return { series, inService: spreadBetween(before, after) };
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
  const warmUpSeconds = Math.min(1, rounds.seconds);
  const seconds = rounds.runs * rounds.seconds + 2 * warmUpSeconds;
  const task = { type: 'open', traffic: 'claims', perSecond: CLAIM_RATE, seconds };
  const [answer, claims] = await bothOf(ask(), cell.load.run<LoadReport>(task));
  return { answer, claims };
}

/** For `--json` all sizes so far; for people and in full the newest. */
function foundOf(figures: readonly CandidateFigures[]): Found {
  const byNodes = (figure: (figures: CandidateFigures) => unknown) =>
    Object.fromEntries(figures.map((each) => [each.nodes, figure(each)]));
  const p99 = ({ series }: Asked): number => rounded(latencyOf(series, 0.99));
  const newest = figures.slice(-1);
  return {
    json: {
      candidatesP99Ms: byNodes(({ loaded }) => p99(loaded)),
      candidatesIdleP99Ms: byNodes(({ idle }) => p99(idle)),
      candidatesAdversarialP99Ms: byNodes(({ adversarial }) => p99(adversarial)),
      candidatesOverloaded: figures.some(({ isOverloaded }) => isOverloaded),
      candidatesInServiceIdle: byNodes(({ idle }) => spreadKeys(idle.inService)),
      candidatesInService: byNodes(({ loaded }) => spreadKeys(loaded.inService)),
      candidatesInServiceSelective: byNodes(({ selective }) => spreadKeys(selective.inService)),
      candidatesSelectiveGrowth: growthOf(figures),
      candidatesInServiceAdversarial: byNodes(({ adversarial }) => spreadKeys(adversarial.inService)),
    },
    lines: newest.flatMap(linesOf),
    series: newest.flatMap(({ idle, adversarial, selective, loaded }) => {
      return [idle, adversarial, selective, loaded].map(({ series }) => series);
    }),
  };
}

/** The median time of a selective question in the service, of the last fleet as a multiple of the first one's. */
function growthOf(figures: readonly CandidateFigures[]): number | undefined {
  const [first, last] = [figures[0], figures.at(-1)].map((each) => each?.selective.inService.p50Ms ?? 0);
  return figures.length < 2 || first === undefined || last === undefined ? undefined : rounded(last / first);
}

function spreadKeys({ count, meanMs, p50Ms, p99Ms }: Spread): object {
  return { count, meanMs: rounded(meanMs), p50Ms: rounded(p50Ms), p99Ms: rounded(p99Ms) };
}

function linesOf({ nodes, idle, loaded, adversarial, selective, isOverloaded }: CandidateFigures): string[] {
  const head = `candidates of ${countText(nodes)} nodes, top 10`;
  return [
    `${head.padEnd(40)} over NATS: p50 ms, p99 ms (min/median/max)   in the service: mean, p50, p99 ms`,
    askedLine('idle', idle),
    askedLine(`under ${countText(CLAIM_RATE)} claims/s`, loaded),
    askedLine('adversarial, idle', adversarial),
    askedLine('selective, idle', selective),
    ...(isOverloaded ? ['  OVERLOADED: the claims did not keep their rate'] : []),
  ];
}

function askedLine(name: string, { series, inService }: Asked): string {
  const p99 = rangeText(
    series.samples.map((sample) => percentileOf(sample, 0.99)),
    2,
  );
  const overNats = `${latencyOf(series, 0.5).toFixed(2)}, ${p99}`;
  const { meanMs, p50Ms, p99Ms } = inService;
  const within = [meanMs, p50Ms, p99Ms].map((value) => value.toFixed(2)).join(', ');
  return `  ${name.padEnd(38)} ${overNats.padEnd(46)} ${within}`;
}
