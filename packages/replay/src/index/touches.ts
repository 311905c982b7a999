import type { Change, ChargeLine, Instance, Inventory, Move, Node, Provider } from '@fleetbook/domain';
import type { ClassSums } from './class-sums.ts';

/** A class on a node or provider: its name, what is charged, and what may be charged. */
export type ClassTouch = readonly [name: string, charged: number, capacity: number];

export interface InstanceTouch {
  readonly id: string;
  readonly status: Instance['status'];
  readonly node?: string;
  readonly move?: string;
  readonly charge?: readonly ChargeLine[];
}

export type MoveTouch = Pick<Move, 'id' | 'kind' | 'instance' | 'state' | 'source' | 'destination'>;

/** What an event left behind on what it changed: kept so that a timeline need not fold the log again. */
export interface Touch {
  /** By class, over the providers of the node. */
  readonly nodes?: readonly (readonly [id: string, classes: readonly ClassTouch[]])[];
  /** Only of nodes with more than one provider, only those whose figures changed. */
  readonly providers?: readonly (readonly [id: string, classes: readonly ClassTouch[]])[];
  readonly instances?: readonly InstanceTouch[];
  readonly moves?: readonly MoveTouch[];
  /** What all nodes have of the classes of which the event changed that. */
  readonly cell?: readonly ClassTouch[];
}

/**
 * Takes what changes say about figures and states. One event may change a record several times: the last one counts.
 * `onProvider` hears of every provider whose figures changed, `sums` is told of every node.
 */
export function touchOf(changes: readonly Change[], onProvider: (id: string) => void, sums: ClassSums): Touch {
  const nodes = new Map<string, { readonly before: Node | undefined; readonly after: Node }>();
  const instances = new Map<string, InstanceTouch>();
  const moves = new Map<string, MoveTouch>();
  for (const change of changes) {
    if (change.table === 'nodes' && change.after !== undefined) {
      const known = nodes.get(change.key);
      nodes.set(change.key, { before: known === undefined ? change.before : known.before, after: change.after });
    } else if (change.table === 'instances' && change.after !== undefined) {
      instances.set(change.key, instanceTouch(change.after));
    } else if (change.table === 'moves' && change.after !== undefined) {
      moves.set(change.key, moveTouch(change.after));
    }
  }
  return {
    ...(nodes.size === 0 ? {} : nodeTouches(nodes.values(), onProvider, sums)),
    ...(instances.size === 0 ? {} : { instances: Array.from(instances.values()) }),
    ...(moves.size === 0 ? {} : { moves: Array.from(moves.values()) }),
  };
}

function nodeTouches(
  changed: Iterable<{ readonly before: Node | undefined; readonly after: Node }>,
  onProvider: (id: string) => void,
  sums: ClassSums,
): Pick<Touch, 'nodes' | 'providers' | 'cell'> {
  const nodes: [string, readonly ClassTouch[]][] = [];
  const providers: [string, readonly ClassTouch[]][] = [];
  const cell = new Map<string, ClassTouch>();
  for (const { before, after } of changed) {
    const touched = providersTouched(before, after);
    if (touched.length > 0 || isShorter(before, after)) {
      nodes.push([after.id, classesOf(after.tree.providers)]);
    }
    for (const sum of sums.change(classesInCell(before), classesInCell(after))) {
      cell.set(sum[0], sum);
    }
    for (const provider of touched) {
      onProvider(provider.id);
      if (after.tree.providers.length > 1) {
        providers.push([provider.id, classesOf([provider])]);
      }
    }
  }
  return {
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(providers.length === 0 ? {} : { providers }),
    ...(cell.size === 0 ? {} : { cell: Array.from(cell.values()) }),
  };
}

function moveTouch({ id, kind, instance, state, source, destination }: Move): MoveTouch {
  return { id, kind, instance, state, ...(source === undefined ? {} : { source }), destination };
}

/** The figures of these providers by class, in the order of the classes' names. */
export function classesOf(providers: readonly Provider[]): ClassTouch[] {
  const sums = new Map<string, [number, number]>();
  for (const { inventories } of providers) {
    for (const { class: name, charged, capacity } of inventories) {
      const sum = sums.get(name) ?? [0, 0];
      sums.set(name, [sum[0] + charged, sum[1] + capacity]);
    }
  }
  return Array.from(sums, ([name, [charged, capacity]]): ClassTouch => [name, charged, capacity]).sort(
    ([left], [right]) => (left < right ? -1 : 1),
  );
}

/** What a node adds to the sums of the cell: nothing once it is retired. */
export function classesInCell(node: Node | undefined): ClassTouch[] {
  return node === undefined || node.status.kind === 'retired' ? [] : classesOf(node.tree.providers);
}

function providersTouched(before: Node | undefined, after: Node): readonly Provider[] {
  const known = before?.tree.providers ?? [];
  return after.tree.providers.filter((provider, index) => {
    const old = known[index];
    return provider !== old && !(old !== undefined && hasEqualFigures(provider, old));
  });
}

/** A provider that is left out of a report takes its figures with it. */
function isShorter(before: Node | undefined, after: Node): boolean {
  return before !== undefined && before.tree.providers.length > after.tree.providers.length;
}

function hasEqualFigures(provider: Provider, old: Provider): boolean {
  const isEqual = (inventory: Inventory, index: number): boolean => {
    const other = old.inventories[index];
    return (
      inventory === other ||
      (inventory.class === other?.class &&
        inventory.charged === other.charged &&
        inventory.capacity === other.capacity &&
        inventory.isVanished === other.isVanished)
    );
  };
  return (
    provider.id === old.id &&
    provider.inventories.length === old.inventories.length &&
    provider.inventories.every(isEqual)
  );
}

function instanceTouch(instance: Instance): InstanceTouch {
  const { id, status } = instance;
  if (status !== 'held') {
    return { id, status };
  }
  const { node, charge } = instance.claim;
  return { id, status, node, charge, ...(instance.moveId === undefined ? {} : { move: instance.moveId }) };
}
