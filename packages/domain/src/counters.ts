import type { InstanceState } from './command.ts';
import type { Ledger } from './ledger.ts';

/** What runs on a node, counted from the states that its agent reported. */
export interface NodeCounters {
  /** Instances held there, those without a reported state included. */
  readonly instances: number;
  readonly byVm: Readonly<Record<string, number>>;
  /** Guests without a task are counted as `None`. */
  readonly byTask: Readonly<Record<string, number>>;
  readonly byOsType: Readonly<Record<string, number>>;
  readonly byTenant: Readonly<Record<string, number>>;
  /** Guests that a task keeps busy. */
  readonly workload: number;
  /** Guests being built, and tasks that load the disks of the host. */
  readonly ioWorkload: number;
  /** Builds that failed in a row. */
  readonly failedBuilds: number;
}

const IO_TASKS: ReadonlySet<string> = new Set([
  'resize_migrating',
  'rebuilding',
  'resize_prep',
  'image_snapshot',
  'image_backup',
  'rescuing',
  'unshelving',
]);

/** How much a guest in this state loads the disks of its host. */
export const ioLoadOf = ({ vm, task = '' }: InstanceState): number =>
  Number(vm.toLowerCase() === 'building') + Number(IO_TASKS.has(task.toLowerCase()));

const countsOf = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, group]) => [name, group.length]));

/** The counters of a node as the ledger has it. They follow from claims and reports; nothing is released by them. */
export const countersOf = (ledger: Ledger, node: string): NodeCounters => {
  const claims = [...ledger.heldBy.get(node)].flatMap((id) => {
    const instance = ledger.instances.get(id);
    return instance?.status === 'held' ? [instance.claim] : [];
  });
  const states = claims.flatMap(({ state }) => (state === undefined ? [] : [state]));
  return {
    instances: claims.length,
    byVm: countsOf(states.map(({ vm }) => vm)),
    byTask: countsOf(states.map(({ task }) => task ?? 'None')),
    byOsType: countsOf(states.flatMap(({ osType }) => osType ?? [])),
    byTenant: countsOf(claims.flatMap(({ tenant }) => tenant ?? [])),
    workload: states.filter(({ task }) => task !== undefined).length,
    ioWorkload: states.reduce((sum, state) => sum + ioLoadOf(state), 0),
    failedBuilds: ledger.nodes.look(node)?.failedBuilds ?? 0,
  };
};
