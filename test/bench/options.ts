import { parseArgs } from 'node:util';

/**
 * What is measured when nothing is named, in this order: moves come before there is a projector beside them, and the
 * largest fleet comes last, because it costs the others most where it takes longer than usual.
 */
const CELL_PARTS = ['moves', 'claims', 'fold', 'candidates', 'verbs', 'snapshots', 'history'] as const;
/** These begin with a log of their own. */
const LOG_PARTS = ['start', 'failover', 'replay'] as const;
const USUAL_PARTS = [...CELL_PARTS, ...LOG_PARTS, 'fleets'] as const;
export const PARTS = [...USUAL_PARTS, 'eventstoredb', 'echo', 'soak'] as const;
export type Part = (typeof PARTS)[number];

/** How much is done. */
interface Extent {
  /** Of one run of one load. */
  readonly seconds: number;
  readonly runs: number;
  /** Deaths of the writer in office. */
  readonly kills: number;
  /** Of the log that is folded. */
  readonly foldEvents: number;
  /** Of the history that claims are measured after. */
  readonly historyEvents: number;
  /** Of the log whose past is asked for. */
  readonly replayEvents: number;
  /** Live ones that a service starts on. */
  readonly claims: number;
  /** Of the soak. */
  readonly minutes: number;
  /** After so many seconds no further step is begun. */
  readonly atMostSeconds: number;
}

export interface BenchOptions extends Extent {
  readonly parts: readonly Part[];
  /** Fleet sizes that candidates are asked of; the first one is the fleet of everything else. */
  readonly nodes: readonly number[];
  /** Of the log whose past is asked for. */
  readonly seed: number;
  readonly isJson: boolean;
  /** Directory for V8's processor profiles of the services. */
  readonly profile: string | undefined;
  /** File for a picture of latencies and rates. */
  readonly plot: string | undefined;
  /** Whether the figures are added to those that are kept. */
  readonly isRecorded: boolean;
}

export const USAGE = `npm run bench [-- PART …] [options]
parts: ${PARTS.join(', ')}; by default all but the last three, ten minutes at most
  candidates are those of the first fleet, fleets those of the others
  --seconds N   of one run of one load (default 10; of all parts together 2)
  --runs N      of each load (default 3)
  --full        60 s × 5, logs of 10000000 events, a soak of an hour
  --nodes A,B   fleet sizes; all but fleets is measured on the first one (default 10000,100000)
  --events N    events that are folded, are history, or are asked about (default 200000, 1000000, 1000000)
  --claims N    live claims that a tracker and a projector start on (default 1000000)
  --kills N     deaths of the writer in office (default 20)
  --minutes N   of the soak (default 10)
  --seed N      of the log whose past is asked for
  --profile DIR leaves processor profiles of tracker and projector there
  --plot FILE   draws latencies and rates as SVG
  --record      adds the figures to test/bench/results and to docs/performance.md
  --json        one object on the last line`;

const NAMED: Extent = {
  ...{ seconds: 10, runs: 3, kills: 20, minutes: 10, atMostSeconds: Infinity },
  ...{ foldEvents: 200_000, historyEvents: 1_000_000, replayEvents: 1_000_000, claims: 1_000_000 },
};
/** All parts in one go take ten minutes at most, the last step too where everything takes twice as long as usual. */
const TOGETHER: Extent = {
  ...{ seconds: 2, runs: 3, kills: 6, minutes: 10, atMostSeconds: 500 },
  ...{ foldEvents: 200_000, historyEvents: 300_000, replayEvents: 100_000, claims: 200_000 },
};
const FULL: Extent = {
  ...{ seconds: 60, runs: 5, kills: 20, minutes: 60, atMostSeconds: Infinity },
  ...{ foldEvents: 1_000_000, historyEvents: 10_000_000, replayEvents: 10_000_000, claims: 1_000_000 },
};

/** What the command line asks for, or undefined if it makes no sense. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  try {
    return read(args);
  } catch {
    return undefined;
  }
}

/** Throws at an option that there is not. */
function read(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ seconds: { type: 'string' }, runs: { type: 'string' }, kills: { type: 'string' } },
      ...{ events: { type: 'string' }, claims: { type: 'string' }, minutes: { type: 'string' } },
      nodes: { type: 'string', default: '10000,100000' },
      seed: { type: 'string', default: '2026' },
      ...{ profile: { type: 'string' }, plot: { type: 'string' } },
      full: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const named = positionals.map((name) => PARTS.find((part) => part === name));
  const usual = values.full ? FULL : named.length === 0 ? TOGETHER : NAMED;
  const given = (text: string | undefined, value: number): number => (text === undefined ? value : Number(text));
  const nodes = values.nodes.split(',').map(Number);
  const counts = {
    runs: given(values.runs, usual.runs),
    kills: given(values.kills, usual.kills),
    claims: given(values.claims, usual.claims),
    foldEvents: given(values.events, usual.foldEvents),
    historyEvents: given(values.events, usual.historyEvents),
    replayEvents: given(values.events, usual.replayEvents),
    seed: Number(values.seed),
  };
  const [seconds, minutes] = [given(values.seconds, usual.seconds), given(values.minutes, usual.minutes)];
  const areCounts = [...nodes, ...Object.values(counts)].every((value) => Number.isInteger(value) && value > 0);
  if (!areCounts || !(seconds > 0 && minutes > 0) || named.includes(undefined)) {
    return undefined;
  }
  return {
    parts: named.length === 0 ? USUAL_PARTS : PARTS.filter((part) => named.includes(part)),
    ...counts,
    ...{ seconds, minutes, nodes, atMostSeconds: usual.atMostSeconds },
    isJson: values.json,
    ...{ profile: values.profile, plot: values.plot, isRecorded: values.record },
  };
}
