import { figureAt } from './figure-at.ts';

/** What is wanted on two cores with server, services and load on them, at 10,000 nodes half full unless it says so. */
interface Budget {
  readonly what: string;
  /** Of the figure in the object of `--json`. */
  readonly path: string;
  readonly unit: string;
  readonly wanted: number;
  readonly is: 'at least' | 'at most';
  /** What it cannot exceed, measured in the same run: paths by name. */
  readonly limits: Readonly<Record<string, string>>;
}

export interface Reached extends Budget {
  readonly reached: number;
  /** 1 or more: as wanted. */
  readonly ofWanted: number;
  readonly ofLimits: Readonly<Record<string, number>>;
}

const atLeast = (what: string, path: string, wanted: number, unit: string, limits = {}): Budget => ({
  ...{ what, path, unit, wanted, limits, is: 'at least' },
});
const atMost = (what: string, path: string, wanted: number, unit: string): Budget => ({
  ...{ what, path, unit, wanted, limits: {}, is: 'at most' },
});

const LOG = { append: 'ceilings.rawAppendEventsPerSecond', parse: 'ceilings.jsonParsePerSecond' } as const;
const SINGLE = { echo: 'natsEchoPerSecond', ...LOG } as const;
const BATCHED = { echo: 'batchedEchoPerSecond', ...LOG } as const;
const PARSE = { parse: 'ceilings.jsonParsePerSecond' } as const;

const BUDGETS: readonly Budget[] = [
  atLeast('claims, 512 in flight', 'claimsPerSecond', 40_000, '/s', SINGLE),
  atLeast('claims, 128 in flight', 'claimsPerSecondAt128', 24_000, '/s', SINGLE),
  atLeast('claims with the SDK', 'sdkClaimsPerSecond', 20_000, '/s', SINGLE),
  atLeast('claims in batches of 16', 'batchedClaimsPerSecond', 60_000, '/s', BATCHED),
  atLeast('with a projector: claims, 512 in flight', 'withProjector.claimsPerSecond', 35_000, '/s', SINGLE),
  atLeast('with a projector: claims, 128 in flight', 'withProjector.claimsPerSecondAt128', 20_000, '/s', SINGLE),
  atLeast('with a projector: claims with the SDK', 'withProjector.sdkClaimsPerSecond', 18_000, '/s', SINGLE),
  atLeast('with a projector: in batches of 16', 'withProjector.batchedClaimsPerSecond', 50_000, '/s', BATCHED),
  atLeast('share of the echo rate', 'shareOfEcho', 0.4, ''),
  atMost('claim at 10,000/s, p50', 'openLoop.10000.p50Ms', 3, ' ms'),
  atMost('claim at 10,000/s, p99', 'openLoop.10000.p99Ms', 15, ' ms'),
  atMost('claim at 20,000/s, p50', 'openLoop.20000.p50Ms', 4, ' ms'),
  atMost('claim at 20,000/s, p99', 'openLoop.20000.p99Ms', 35, ' ms'),
  atLeast('moves of three commands', 'moves.shortMovesPerSecond', 10_000, '/s'),
  atMost('candidates in the service, 10,000 nodes, p99', 'candidatesInService.10000.p99Ms', 0.3, ' ms'),
  atMost('candidates over NATS, 10,000 nodes, p99', 'candidatesP99Ms.10000', 5, ' ms'),
  atMost('candidates in the service, 100,000 nodes, p99', 'candidatesInService.100000.p99Ms', 2, ' ms'),
  atMost('candidates over NATS, 100,000 nodes, p99', 'candidatesP99Ms.100000', 8, ' ms'),
  atMost('a selective request, 100,000 nodes, of 10,000', 'candidatesSelectiveGrowth', 1.25, ''),
  atMost('projection lag under 10,000 claims/s, p99', 'projectionLag.p99Ms', 20, ' ms'),
  atLeast('fold of the log, verified', 'foldEventsPerSecond', 200_000, '/s', PARSE),
  atMost('start of a tracker, for a million claims', 'start.secondsPerMillionClaims', 1.5, ' s'),
  atMost('memory of a live claim, tracker', 'start.bytesPerLiveClaim.tracker', 300, ' bytes'),
  atMost('memory of a live claim, projector', 'start.bytesPerLiveClaim.projector', 300, ' bytes'),
  atMost('fail-over, longest', 'failOver.killed.maxMs', 2_000, ' ms'),
  atMost('p99 with snapshots and checkpoints, of that without', 'snapshots.ofP99Without', 1.2, ''),
  atLeast('rate after a long history, of that at the start', 'history.ofRateAtStart', 0.9, ''),
  atLeast('claims on an EventStoreDB, of those on JetStream', 'eventStoreDb.ofJetStream', 0.5, ''),
  atMost('soak: memory of the tracker, end of beginning', 'soak.residentMb.tracker.ratio', 1.05, ''),
  atMost('soak: memory of the projector, end of beginning', 'soak.residentMb.projector.ratio', 1.05, ''),
  atMost('soak: p99, end of beginning', 'soak.p99Ms.ratio', 1.2, ''),
  atMost('state at any instant, worst', 'replay.state.worst.ms', 1_000, ' ms'),
  atMost('difference of two instants, worst', 'replay.diff.worst.ms', 2_000, ' ms'),
  atMost('timeline of a node, median', 'replay.timelineOfNode.median.ms', 100, ' ms'),
  atMost('bisect: a figure of a node, worst', 'replay.bisectNode.worst.ms', 5_000, ' ms'),
  atMost('bisect: a figure of the cell, worst', 'replay.bisectCell.worst.ms', 5_000, ' ms'),
  atMost('bisect: refusals within a time, worst', 'replay.bisectBurst.worst.ms', 5_000, ' ms'),
  atMost('memory of a process that looks back, most', 'replay.memoryMb', 2_048, ' MiB'),
  atLeast('verify, the whole log', 'replay.verifyEventsPerSecond', 200_000, '/s'),
  atMost('memory of a process that verifies, most', 'replay.verified.memoryMb', 2_048, ' MiB'),
];

/** Every budget whose figure is among `figures`, the object of `--json`. */
export function compareWithBudgets(figures: object): readonly Reached[] {
  return BUDGETS.flatMap((budget): readonly Reached[] => {
    const reached = figureAt(figures, budget.path);
    if (reached === undefined) {
      return [];
    }
    const ofWanted = budget.is === 'at least' ? reached / budget.wanted : budget.wanted / reached;
    const ofLimits = Object.entries(budget.limits).flatMap(([name, path]): [string, number][] => {
      const limit = figureAt(figures, path);
      return limit === undefined ? [] : [[name, reached / limit]];
    });
    return [{ ...budget, reached, ofWanted, ofLimits: Object.fromEntries(ofLimits) }];
  });
}
