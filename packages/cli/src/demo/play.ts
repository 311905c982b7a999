import type { Fleetbook } from '@fleetbook/client';
import { parseToken } from '@fleetbook/contracts';
import {
  type ClientOf,
  dropShare,
  fillFleet,
  type Guest,
  playSecondAct,
  registerFleet,
  requestOf,
  type SecondAct,
  type TaskOutcome,
  type TraceMachine,
  type TraceTask,
} from '@fleetbook/workload';
import { type Progress, showProgress } from '../output/progress.ts';
import type { Terminal } from '../output/terminal.ts';
import type { RunningCell } from '../run/cell.ts';
import { planKills } from './kills.ts';
import type { KilledService } from './report.ts';
import { type Tally, tallyOf } from './tally.ts';

const SCHEDULERS = 32;
const CANDIDATES_MAXIMUM_AGE_MS = 200;
const DROPPED_SHARE = 0.1;

export interface Trace {
  readonly machines: readonly TraceMachine[];
  readonly tasks: readonly TraceTask[];
}

export interface Played {
  readonly tally: Tally;
  readonly killed: readonly KilledService[];
  readonly commands: number;
  readonly dropped: number;
  readonly secondAct: SecondAct;
  readonly claimsPerSecond: number;
  /** The newest event that any answer named. */
  readonly lastToken: string;
}

const now = (): number => performance.now();

const numberOf = (token: string): number => parseToken(token)?.number ?? 0;

/** One door for each actor, kept: each of them remembers what it was told. */
const keptClients = (fleetbook: Fleetbook): ClientOf & { newest(): string } => {
  const clients = new Map<string, ReturnType<Fleetbook['as']>>();
  const clientOf: ClientOf = (role, actor) => {
    const key = `${role} ${actor}`;
    const client = clients.get(key) ?? fleetbook.as(role, actor);
    clients.set(key, client);
    return client;
  };
  return Object.assign(clientOf, {
    newest: () =>
      [...clients.values()]
        .map((client) => client.token() ?? '')
        .reduce((newest, token) => (numberOf(token) > numberOf(newest) ? token : newest), ''),
  });
};

const register = async (trace: Trace, clientOf: ClientOf, terminal: Terminal): Promise<void> => {
  const progress = showProgress(terminal, 'Registering machines', trace.machines.length);
  await registerFleet(trace.machines, clientOf, progress.step);
  progress.done();
};

interface Filled {
  readonly tally: Tally;
  readonly killed: readonly KilledService[];
  readonly claimsPerSecond: number;
}

const fill = async (
  trace: Trace,
  cell: RunningCell,
  fleetbook: Fleetbook,
  clientOf: ReturnType<typeof keptClients>,
  seed: number,
  terminal: Terminal,
): Promise<Filled> => {
  const progress = showProgress(terminal, 'Claiming for tasks', trace.tasks.length);
  const outcomes: TaskOutcome[] = [];
  const kills = planKills(
    cell,
    fleetbook.as('operator', 'demo'),
    now,
    () => numberOf(clientOf.newest()),
    (kill) => progress.note(`  ${kill.service} ${kill.pid} killed at event ${kill.atEvent}; ${kill.newPid} answers`),
  );
  const startedAt = now();
  const settings = { schedulers: SCHEDULERS, candidatesMaximumAgeMs: CANDIDATES_MAXIMUM_AGE_MS, seed, now };
  await fillFleet(trace.machines, trace.tasks, clientOf, settings, (outcome) => {
    outcomes.push(outcome);
    progress.step();
    kills.onShare(outcomes.length / trace.tasks.length);
  });
  const seconds = (now() - startedAt) / 1_000;
  await kills.whenRecovered();
  progress.done();
  return {
    tally: tallyOf(outcomes, kills.windows),
    killed: kills.killed,
    claimsPerSecond: outcomes.length / seconds,
  };
};

const drop = async (
  tally: Tally,
  clientOf: ClientOf,
  seed: number,
  terminal: Terminal,
): Promise<ReadonlySet<string>> => {
  const expected = Math.round(tally.held.length * DROPPED_SHARE);
  const progress = showProgress(terminal, 'Dropping a tenth', expected);
  const dropped = new Set<string>();
  await dropShare(tally.held, DROPPED_SHARE, seed, clientOf, (task, reply) => {
    if (reply.outcome !== 'accepted') {
      throw new Error(`${task.instance} could not be dropped: ${JSON.stringify(reply)}`);
    }
    dropped.add(task.instance);
    progress.step();
  });
  progress.done();
  return dropped;
};

/** Who is left on the fleet, and what each asked for. */
const guestsOf = (trace: Trace, tally: Tally, dropped: ReadonlySet<string>): readonly Guest[] => {
  const requests = new Map(trace.tasks.map((task) => [task.id, requestOf(task)]));
  return tally.held.flatMap((task) => {
    const request = requests.get(task.instance);
    return dropped.has(task.instance) || request === undefined ? [] : [{ ...task, request }];
  });
};

const moveAbout = async (
  guests: readonly Guest[],
  clientOf: ClientOf,
  seed: number,
  terminal: Terminal,
): Promise<SecondAct> => {
  let progress: Progress | undefined;
  const act = await playSecondAct(guests, seed, clientOf, (_done, of) => {
    progress ??= showProgress(terminal, 'Moving some about', of);
    progress.step();
  });
  progress?.done();
  return act;
};

/**
 * Registers the fleet, fills it while services are killed, drops a share, moves another about.
 * Throws when an outcome stays unknown.
 */
export const play = async (
  trace: Trace,
  cell: RunningCell,
  fleetbook: Fleetbook,
  seed: number,
  terminal: Terminal,
): Promise<Played> => {
  const clientOf = keptClients(fleetbook);
  await register(trace, clientOf, terminal);
  const filled = await fill(trace, cell, fleetbook, clientOf, seed, terminal);
  const dropped = await drop(filled.tally, clientOf, seed, terminal);
  const secondAct = await moveAbout(guestsOf(trace, filled.tally, dropped), clientOf, seed, terminal);
  return {
    ...filled,
    commands: 2 * trace.machines.length + trace.tasks.length + dropped.size + secondAct.commands,
    dropped: dropped.size,
    secondAct,
    lastToken: clientOf.newest(),
  };
};
