import type { AppendFault } from '@fleetbook/event-log/memory';
import type { Chance } from '../world/random.ts';

/** What befalls messages for a while. `amount` is a share of them, or milliseconds for `delay`. */
const WEATHER = ['loss', 'duplicates', 'reordering', 'delay'] as const;

/** What befalls the network: a part of it is on its own, or what is sent to everybody gets to nobody. */
const NETWORK_FAULTS = ['split', 'broadcasts-lost'] as const;

/** What befalls a machine. */
const MACHINE_FAULTS = [
  ...([
    'crash',
    'crash',
    'crash-between-io',
    'crash-between-io',
    'power-cut',
    'planned-stop',
    'pause',
    'pause',
  ] as const),
  ...(['bus-partition', 'log-partition', 'slow-log', 'clock-jump', 'clock-freeze'] as const),
] as const;

const APPEND_FAULTS = [
  'unknown-before',
  'unknown-after',
  'late',
  'late',
  'hold',
  'hang',
  'conflict',
] as const satisfies readonly AppendFault[];

/** What befalls the snapshots of a tracker: somebody puts back the first one that its machine ever had. */
const SNAPSHOT_FAULT = 'snapshot-restored-from-copy';

const DISK_FAULTS = ['disk-full', 'sync-fails', 'disk-bit-flip'] as const;

/** What only a person can mend: services must stop, and say why. */
const LOG_DAMAGE = ['log-bit-flip', 'log-suffix-lost', 'log-restored-from-copy'] as const;

/** What befalls a projector: an operator has it rebuilt, or a bit of a record in its memory changes. */
const PROJECTOR_FAULTS = ['rebuild', 'record-altered'] as const;

export type FaultKind =
  | (typeof WEATHER)[number]
  | (typeof MACHINE_FAULTS)[number]
  | `append-${(typeof APPEND_FAULTS)[number]}`
  | (typeof DISK_FAULTS)[number]
  | (typeof LOG_DAMAGE)[number]
  | (typeof NETWORK_FAULTS)[number]
  | typeof SNAPSHOT_FAULT
  | (typeof PROJECTOR_FAULTS)[number]
  | 'wrong-checkpoint'
  | 'log-down'
  | 'flood';

export interface Fault {
  readonly kind: FaultKind;
  /** Milliseconds from the beginning. */
  readonly atMs: number;
  /** Name of a machine, where it befalls one. */
  readonly machine: string;
  readonly durationMs: number;
  /** How bad it is, from 0 to 1. */
  readonly amount: number;
}

/** Stands for the machine whose tracker is in office when the fault comes. */
export const IN_OFFICE = 'in-office';

export interface Target {
  readonly trackers: readonly string[];
  readonly projectors: readonly string[];
  readonly clients: readonly string[];
}

const MOST_FAULTS = 14;
const DAMAGE_SHARE = 0.2;
const FLOOD_SHARE = 0.12;
const OLD_SNAPSHOT_SHARE = 0.3;
const PROJECTOR_SHARE = 0.3;
const WRONG_CHECKPOINT_SHARE = 0.3;
const ELECTION_MS = 1_500;

/** Faults of all kinds, spread over the time of a run; damage to the log in some runs, and then late. */
export function planFaults(chance: Chance, target: Target, runMs: number): readonly Fault[] {
  const count = chance.integer(2, MOST_FAULTS);
  const faults = Array.from({ length: count }, () => ordinaryFault(chance, target, runMs));
  if (chance.happens(DAMAGE_SHARE)) {
    const atMs = Math.floor(runMs * (0.5 + chance.next() / 2));
    faults.push({ kind: chance.pick(LOG_DAMAGE), atMs, machine: '', durationMs: 0, amount: chance.next() });
  }
  const snapshots = chance.fork('snapshots');
  if (snapshots.happens(OLD_SNAPSHOT_SHARE)) {
    const machine = snapshots.pick(target.trackers);
    faults.push({ kind: SNAPSHOT_FAULT, atMs: snapshots.integer(0, runMs), machine, durationMs: 0, amount: 1 });
  }
  const flood = chance.fork('flood');
  if (flood.happens(FLOOD_SHARE)) {
    const atMs = Math.floor(flood.next() * runMs);
    faults.push({ kind: 'flood', atMs, machine: flood.pick(target.clients), durationMs: 0, amount: flood.next() });
  }
  const odd = chance.fork('odd');
  for (const kind of PROJECTOR_FAULTS.filter(() => odd.happens(PROJECTOR_SHARE))) {
    const atMs = odd.integer(runMs / 4, runMs);
    faults.push({ kind, atMs, machine: odd.pick(target.projectors), durationMs: 0, amount: odd.next() });
  }
  if (odd.happens(WRONG_CHECKPOINT_SHARE)) {
    const atMs = odd.integer(runMs / 4, runMs);
    faults.push({ kind: 'wrong-checkpoint', atMs, machine: '', durationMs: 0, amount: 1 });
  }
  return faults.sort((one, other) => one.atMs - other.atMs);
}

function ordinaryFault(chance: Chance, target: Target, runMs: number): Fault {
  const atMs = Math.floor(chance.next() * runMs);
  const durationMs = chance.pick([50, 300, 1_000, 1_000, 3_000, 6_000]);
  const facts = { atMs, durationMs, amount: chance.next() };
  const way = chance.next();
  if (way < 0.18) {
    return { ...facts, kind: chance.pick(WEATHER), machine: '' };
  }
  if (way < 0.42) {
    return {
      ...facts,
      kind: `append-${chance.pick(APPEND_FAULTS)}`,
      machine: chance.pick([IN_OFFICE, ...target.trackers]),
    };
  }
  if (way < 0.52) {
    return {
      ...facts,
      kind: chance.pick(DISK_FAULTS),
      machine: chance.pick([...target.trackers, ...target.projectors]),
    };
  }
  if (way < 0.56) {
    return { ...facts, kind: 'log-down', machine: '' };
  }
  if (way < 0.68) {
    // Long enough for another tracker to take office.
    return { ...facts, durationMs: durationMs + ELECTION_MS, kind: chance.pick(NETWORK_FAULTS), machine: '' };
  }
  const kind = chance.pick(MACHINE_FAULTS);
  const services = [IN_OFFICE, IN_OFFICE, IN_OFFICE, ...target.trackers, ...target.projectors];
  const machines = kind.startsWith('clock') || kind.startsWith('bus') ? [...services, ...target.clients] : services;
  return { ...facts, kind, machine: chance.pick(machines) };
}
