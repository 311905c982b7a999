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
const FLEETS: readonly number[] = [10_000, 100_000];
const DEFAULT_SEED = 2026;
/** All parts in one go take ten minutes at most, the last step too where everything takes twice as long as usual. */
const TOGETHER: Extent = {
  ...{ seconds: 2, runs: 3, kills: 6, minutes: 10, atMostSeconds: 500 },
  ...{ foldEvents: 200_000, historyEvents: 300_000, replayEvents: 100_000, claims: 200_000 },
};
const FULL: Extent = {
  ...{ seconds: 60, runs: 5, kills: 20, minutes: 60, atMostSeconds: Infinity },
  ...{ foldEvents: 1_000_000, historyEvents: 10_000_000, replayEvents: 10_000_000, claims: 1_000_000 },
};

export type Asked =
  | { readonly kind: 'run'; readonly options: BenchOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'fault'; readonly reason: string };

class UsageFault extends Error {}

/** What the command line asks for, or what about it makes no sense. */
export function readOptions(args: readonly string[]): Asked {
  if (args.includes('--help') || args.includes('-h')) {
    return { kind: 'help' };
  }
  try {
    return { kind: 'run', options: read(args) };
  } catch (error) {
    if (error instanceof UsageFault) {
      return { kind: 'fault', reason: error.message };
    }
    throw error;
  }
}

/** Throws UsageFault. */
function read(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const named = positionals.map(partNamed);
  const usual = values.full ? FULL : named.length === 0 ? TOGETHER : NAMED;
  const events = values.events;
  return {
    parts: named.length === 0 ? USUAL_PARTS : PARTS.filter((part) => named.includes(part)),
    seconds: amount('--seconds', values.seconds, usual.seconds),
    minutes: amount('--minutes', values.minutes, usual.minutes),
    runs: count('--runs', values.runs, usual.runs),
    kills: count('--kills', values.kills, usual.kills),
    claims: count('--claims', values.claims, usual.claims),
    foldEvents: count('--events', events, usual.foldEvents),
    historyEvents: count('--events', events, usual.historyEvents),
    replayEvents: count('--events', events, usual.replayEvents),
    seed: count('--seed', values.seed, DEFAULT_SEED),
    nodes: values.nodes === undefined ? FLEETS : values.nodes.split(',').map((text) => count('--nodes', text)),
    atMostSeconds: usual.atMostSeconds,
    isJson: values.json,
    ...{ profile: values.profile, plot: values.plot, isRecorded: values.record },
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const no = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{
          seconds: text,
          runs: text,
          kills: text,
          events: text,
          claims: text,
          minutes: text,
          nodes: text,
          seed: text,
        },
        ...{ profile: text, plot: text, full: no, record: no, json: no },
      },
    });
  } catch (error) {
    throw new UsageFault(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function partNamed(name: string): Part {
  const part = PARTS.find((known) => known === name);
  if (part === undefined) {
    throw new UsageFault(`there is no part ${JSON.stringify(name)}`);
  }
  return part;
}

function amount(option: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new UsageFault(`${option} is a number above 0, not ${JSON.stringify(text)}`);
  }
  return value;
}

function count(option: string, text: string | undefined, usual = Number.NaN): number {
  const value = text === undefined ? usual : Number(text);
  if (!(Number.isSafeInteger(value) && value > 0)) {
    throw new UsageFault(`${option} is a whole number above 0, not ${JSON.stringify(text)}`);
  }
  return value;
}
