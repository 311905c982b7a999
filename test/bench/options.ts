import { parseArgs } from 'node:util';

export const PARTS = ['claims', 'moves', 'candidates', 'fold', 'failover', 'echo'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: ReadonlySet<Part>;
  /** Of one run of one load. */
  readonly seconds: number;
  readonly runs: number;
  /** Fleet sizes that candidates are asked of; the last one is the fleet of everything else. */
  readonly nodes: readonly number[];
  /** Of the log that are folded. */
  readonly events: number;
  /** Deaths of the writer in office. */
  readonly kills: number;
  readonly isJson: boolean;
  /** Directory for V8's processor profiles of the services. */
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench [-- claims|moves|candidates|fold|failover|echo …] [options]
  --seconds N   of one run of one load (default 4)
  --runs N      of each load (default 3)
  --nodes A,B   fleet sizes; everything but candidates is measured on the last one (default 1523,10000)
  --events N    events of the log that are folded (default 200000)
  --kills N     deaths of the writer in office (default 20)
  --profile DIR leaves processor profiles of tracker and projector there
  --json        one object on the last line
npm run bench -- start [--claims N] [--json]
                starts of a tracker and a projector on a log of N live claims (default 1000000)
npm run bench -- replay [--events N] [--nodes N] [--seed N] [--full] [--json]
                questions about the past of a log of N events (default 1000000, --full 10000000)`;

/** What the command line asks for, or undefined if it makes no sense. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '4' },
        runs: { type: 'string', default: '3' },
        nodes: { type: 'string', default: '1523,10000' },
        events: { type: 'string', default: '200000' },
        kills: { type: 'string', default: '20' },
        profile: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const parts = positionals.map((name) => PARTS.find((part) => part === name));
    const nodes = values.nodes.split(',').map(Number);
    const [runs = 0, events = 0, kills = 0] = [values.runs, values.events, values.kills].map(Number);
    const seconds = Number(values.seconds);
    const isSound =
      [...nodes, runs, events, kills].every((value) => Number.isInteger(value) && value > 0) && seconds > 0;
    if (!isSound || parts.includes(undefined)) {
      return undefined;
    }
    const known = parts.filter((part) => part !== undefined);
    return {
      parts: new Set(known.length === 0 ? PARTS : known),
      ...{ seconds, runs, nodes, events, kills },
      isJson: values.json,
      profile: values.profile,
    };
  } catch {
    return undefined;
  }
}
