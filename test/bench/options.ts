import { parseArgs } from 'node:util';

/** In the order in which they are run: each may use what is left of the one before; moves come before a projector. */
export const PARTS = ['echo', 'moves', 'claims', 'fold', 'candidates', 'verbs', 'failover'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  /** Of one run of one load. */
  readonly seconds: number;
  readonly runs: number;
  /** Fleet sizes that candidates are asked of; the first one is the fleet of everything else. */
  readonly nodes: readonly number[];
  /** Of the log that are folded. */
  readonly events: number;
  /** Deaths of the writer in office. */
  readonly kills: number;
  readonly isJson: boolean;
  /** Directory for V8's processor profiles of the services. */
  readonly profile: string | undefined;
  /** After so many seconds no further step is begun. */
  readonly atMostSeconds: number;
}

export const USAGE = `npm run bench [-- claims|moves|candidates|fold|failover|verbs|echo …] [options]
  --seconds N   of one run of one load (default 10; of all parts together 4)
  --runs N      of each load (default 3)
  --full        60 s × 5
  --nodes A,B   fleet sizes; everything but candidates is measured on the first one (default 10000,100000)
  --events N    events of the log that are folded (default 200000)
  --kills N     deaths of the writer in office (default 20; of all parts together 6)
  --profile DIR leaves processor profiles of tracker and projector there
  --json        one object on the last line
npm run bench -- start [--claims N] [--json]
                starts of a tracker and a projector on a log of N live claims (default 1000000)
npm run bench -- replay [--events N] [--nodes N] [--seed N] [--full] [--json]
                questions about the past of a log of N events (default 1000000, --full 10000000)`;

/** All parts in one go take ten minutes at most. */
const PLAIN = { seconds: 4, runs: 3, kills: 6, atMostSeconds: 570 } as const;
const NAMED = { seconds: 10, runs: 3, kills: 20, atMostSeconds: Infinity } as const;
const FULL = { seconds: 60, runs: 5, kills: 20, atMostSeconds: Infinity } as const;

/** What the command line asks for, or undefined if it makes no sense. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: 'string' },
        runs: { type: 'string' },
        nodes: { type: 'string', default: '10000,100000' },
        events: { type: 'string', default: '200000' },
        kills: { type: 'string' },
        profile: { type: 'string' },
        full: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const parts = positionals.map((name) => PARTS.find((part) => part === name));
    const usual = values.full ? FULL : parts.length === 0 ? PLAIN : NAMED;
    const nodes = values.nodes.split(',').map(Number);
    const [seconds, runs, kills] = [
      Number(values.seconds ?? usual.seconds),
      Number(values.runs ?? usual.runs),
      Number(values.kills ?? usual.kills),
    ];
    const events = Number(values.events);
    const isSound =
      [...nodes, runs, events, kills].every((value) => Number.isInteger(value) && value > 0) && seconds > 0;
    if (!isSound || parts.includes(undefined)) {
      return undefined;
    }
    const known = new Set(parts.filter((part) => part !== undefined));
    return {
      parts: PARTS.filter((part) => (known.size === 0 ? part !== 'echo' : known.has(part))),
      ...{ seconds, runs, nodes, events, kills },
      isJson: values.json,
      profile: values.profile,
      atMostSeconds: usual.atMostSeconds,
    };
  } catch {
    return undefined;
  }
}
