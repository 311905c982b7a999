import { type EventLog, ORIGIN } from '@fleetbook/event-log';
import { asPosition } from '@fleetbook/event-log/memory';
import type { CommandKeys } from '@fleetbook/tracker';
import { describe, expect, it } from 'vitest';
import { planOf } from './plan.ts';
import { readRegressions, smallest } from './regressions.ts';
import { type Outcome, simulate } from './simulate.ts';
import type { Fault, FaultKind } from './workload/fault-plan.ts';
import type { Tampering } from './world/world.ts';

const regressions = [...readRegressions()];

describe('plans that failed once', () => {
  it.each(regressions)('%s holds', async (_, plan) => {
    expect((await simulate(plan)).violation).toBeUndefined();
  });
});

describe('a run', () => {
  it('is decided by its seed, to the last turn', async () => {
    const [first, again, other] = [await run(11), await run(11), await run(12)];
    expect(again).toEqual(first);
    expect(other.traceHash).not.toBe(first.traceHash);
  });
});

interface Broken {
  readonly what: string;
  readonly tampering: Tampering;
  /** One of them is broken. */
  readonly rules: readonly string[];
  /** The only faults that come, where they are named. */
  readonly kinds?: readonly FaultKind[];
}

/** Ports and parts broken on purpose. Seeds are tried until one shows it. */
const BROKEN: readonly Broken[] = [
  {
    what: 'a log that forgets its last commit when a process crashes',
    tampering: {
      log: (log, process, { store }) => {
        process.onDeath(() => void store.commits.pop());
        return log;
      },
    },
    // Or the services know better than the log, and stop.
    rules: ['the log keeps what is appended', 'commits are chained', 'services recover when faults end'],
  },
  {
    what: 'a log that answers before it has written',
    tampering: {
      log: (log, process) => ({
        ...log,
        append: async (expected, commit) => {
          process.schedule(5, 'writes at last', () => void log.append(expected, commit));
          return { status: 'appended', position: asPosition(expected + 1) };
        },
      }),
    },
    rules: ['answers come after durability', 'nothing is published before it is durable', 'no answer from the future'],
  },
  {
    what: 'a log that does not look at what a writer expects',
    tampering: {
      log: (log) => ({ ...log, append: async (_, commit) => log.append(await log.end(), commit) }),
    },
    rules: ['commits are chained', 'numbers have no gap', 'only the newest epoch writes'],
  },
  {
    what: 'a log that says what a writer wants to hear when it is asked who is in office',
    tampering: { log: (log, process) => (process.name.startsWith('tracker') ? withOwnEnd(log) : log) },
    rules: ['no deposed writer answers'],
    kinds: ['broadcasts-lost'],
  },
  {
    what: 'a subscription that loses a delivery',
    tampering: { log: losingDeliveries },
    rules: [
      ...['live digests are right', 'digests that were stated are true'],
      ...['services recover when faults end', 'outcomes are found', 'an unknown outcome can be asked for'],
    ],
  },
  {
    what: 'a tracker that forgets the ids it has decided',
    tampering: { tracker: { keysOf: forgetful() } },
    rules: ['one outcome for a command id'],
  },
];

const MOST_SEEDS = 40;

describe('the checks', () => {
  it.each(BROKEN)('find $what', async ({ tampering, rules, kinds }) => {
    const { violation } = await firstFailure(tampering, kinds);
    expect(rules).toContain(violation?.rule);
  });

  it('lead to a smaller plan that breaks the same rule', async () => {
    const tampering: Tampering = { tracker: { keysOf: forgetful() } };
    const failure = await firstFailure(tampering);
    const plan = planOf(failure.seed);
    const small = await smallest(plan, failure, tampering);
    expect(small.steps.length).toBeLessThan(plan.steps.length / 4);
    expect((await simulate(small, tampering)).violation?.rule).toBe(failure.violation?.rule);
  });
});

/** With faults of these kinds alone, every few seconds, where kinds are named. */
async function firstFailure(tampering: Tampering, kinds?: readonly FaultKind[]): Promise<Outcome> {
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
    const plan = planOf(seed);
    const outcome = await simulate(kinds === undefined ? plan : { ...plan, faults: oftenFaults(kinds) }, tampering);
    if (outcome.violation !== undefined) {
      return outcome;
    }
  }
  throw new Error(`none of ${MOST_SEEDS} seeds fails`);
}

function oftenFaults(kinds: readonly FaultKind[]): readonly Fault[] {
  const times = [3_000, 6_000, 9_000, 12_000];
  return times.flatMap((atMs) => kinds.map((kind) => ({ kind, atMs, machine: '', durationMs: 2_500, amount: 0.5 })));
}

const run = (seed: number): Promise<Outcome> => simulate(planOf(seed));

function losingDeliveries(log: EventLog): EventLog {
  let deliveries = 0;
  return {
    ...log,
    subscribe: (from, handler) =>
      log.subscribe(from, {
        ...handler,
        onCommits: (commits) => {
          deliveries += 1;
          handler.onCommits(deliveries % 7 === 0 ? commits.slice(1) : commits);
        },
      }),
  };
}

/** Where this process stands, whatever the others have done since. */
function withOwnEnd(log: EventLog): EventLog {
  let known = ORIGIN.position;
  return {
    ...log,
    async *read(from) {
      for await (const commits of log.read(from)) {
        const read = commits.at(-1)?.bookmark.position ?? known;
        known = read > known ? read : known;
        yield commits;
      }
    },
    async append(expected, commit) {
      const result = await log.append(expected, commit);
      known = result.status === 'appended' ? result.position : known;
      return result;
    },
    end: async () => known,
  };
}

/** Another key each time it is asked. */
function forgetful(): (seed: number) => CommandKeys {
  let asked = 0;
  const keyOf = () => {
    asked += 1;
    return { high: asked, low: asked };
  };
  return (seed) => ({ seed, keyOf });
}
