import { isDeepStrictEqual } from 'node:util';
import {
  type Change,
  type ChargeLine,
  type Instance,
  type Inventory,
  isRetired,
  type Move,
  type Node,
  type Provider,
  type Release,
} from '@fleetbook/domain';
import type { ClassSums } from './class-sums.ts';

/** A class on a node or provider: its name, what is charged, and what may be charged. */
export type ClassTouch = readonly [name: string, charged: number, capacity: number];

export interface InstanceTouch {
  readonly id: string;
  readonly status: Instance['status'];
  readonly node?: string;
  readonly move?: string;
  readonly charge?: readonly ChargeLine[];
  /** Where its release was asked for. */
  readonly becomes?: Release['becomes'];
}

export interface MoveTouch extends Pick<Move, 'id' | 'kind' | 'instance' | 'state' | 'source' | 'destination'> {
  readonly isError?: true;
}

/** What an event left behind on what it changed: kept so that a timeline need not fold the log again. */
export interface Touch {
  /** By class, over the providers of the node. */
  readonly nodes?: readonly (readonly [id: string, classes: readonly ClassTouch[]])[];
  /** Those whose figures changed, and without a class those that went. Absent where they are those of the only node. */
  readonly providers?: readonly (readonly [id: string, classes: readonly ClassTouch[]])[];
  readonly instances?: readonly InstanceTouch[];
  readonly moves?: readonly MoveTouch[];
  /** What all nodes have of the classes of which the event changed that. */
  readonly cell?: readonly ClassTouch[];
}

/**
 * Takes what changes say about figures and states. One event may change a record several times: the last one counts.
 * `onProvider` hears of every provider that changed or went, `sums` is told of every node.
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
    ...(nodes.size === 0 ? {} : nodeTouches(Array.from(nodes.values()), onProvider, sums)),
    ...(instances.size === 0 ? {} : { instances: Array.from(instances.values()) }),
    ...(moves.size === 0 ? {} : { moves: Array.from(moves.values()) }),
  };
}

function nodeTouches(
  changed: readonly { readonly before: Node | undefined; readonly after: Node }[],
  onProvider: (id: string) => void,
  sums: ClassSums,
): Pick<Touch, 'nodes' | 'providers' | 'cell'> {
  const nodes: [string, readonly ClassTouch[]][] = [];
  const providers: [string, readonly ClassTouch[]][] = [];
  const cell = new Map<string, ClassTouch>();
  for (const { before, after } of changed) {
    const { counted, others, gone } = compareProviders(before?.tree.providers ?? [], after.tree.providers);
    const hasOtherFigures = counted.length > 0 || gone.length > 0;
    if (hasOtherFigures || countsInCell(before) !== countsInCell(after)) {
      const classes = classesOf(after.tree.providers);
      if (hasOtherFigures) {
        nodes.push([after.id, classes]);
      }
      for (const sum of sums.change(classesInCell(before), countsInCell(after) ? classes : [])) {
        cell.set(sum[0], sum);
      }
    }
    for (const { id } of [...counted, ...others, ...gone]) {
      onProvider(id);
    }
    if (changed.length > 1 || after.tree.providers.length > 1 || gone.length > 0) {
      providers.push(...counted.map((each): [string, readonly ClassTouch[]] => [each.id, classesOf([each])]));
      providers.push(...gone.map(({ id }): [string, readonly ClassTouch[]] => [id, []]));
    }
  }
  return {
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(providers.length === 0 ? {} : { providers }),
    ...(cell.size === 0 ? {} : { cell: Array.from(cell.values()) }),
  };
}

function moveTouch({ id, kind, instance, state, isError, source, destination }: Move): MoveTouch {
  return {
    ...{ id, kind, instance, state },
    ...(isError ? { isError } : {}),
    ...(source === undefined ? {} : { source }),
    destination,
  };
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
  return countsInCell(node) ? classesOf(node.tree.providers) : [];
}

function countsInCell(node: Node | undefined): node is Node {
  return node !== undefined && !isRetired(node);
}

interface ProviderChanges {
  /** Those that are new or have other figures. */
  readonly counted: readonly Provider[];
  /** Those of which something else is not as it was. */
  readonly others: readonly Provider[];
  readonly gone: readonly Provider[];
}

function compareProviders(before: readonly Provider[], after: readonly Provider[]): ProviderChanges {
  const known = hasSameIds(before, after) ? undefined : new Map(before.map((each) => [each.id, each]));
  const [counted, others]: [Provider[], Provider[]] = [[], []];
  for (const [place, provider] of after.entries()) {
    const old = known === undefined ? before[place] : known.get(provider.id);
    known?.delete(provider.id);
    if (old === undefined || !hasEqualFigures(provider, old)) {
      counted.push(provider);
    } else if (provider !== old && !isDeepStrictEqual(provider, old)) {
      others.push(provider);
    }
  }
  return { counted, others, gone: Array.from(known?.values() ?? []) };
}

function hasSameIds(left: readonly Provider[], right: readonly Provider[]): boolean {
  return left.length === right.length && left.every(({ id }, place) => id === right[place]?.id);
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
  return provider.inventories.length === old.inventories.length && provider.inventories.every(isEqual);
}

function instanceTouch(instance: Instance): InstanceTouch {
  const { id, status } = instance;
  if (status !== 'held') {
    return { id, status };
  }
  const { node, charge, release } = instance.claim;
  return {
    ...{ id, status, node, charge },
    ...(instance.moveId === undefined ? {} : { move: instance.moveId }),
    ...(release === undefined ? {} : { becomes: release.becomes }),
  };
}
