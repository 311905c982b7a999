import type { KnownNumbers } from '../view/entity-history.ts';
import type { InventoryView } from '../view/inventory-view.ts';

type Known = KnownNumbers | Promise<KnownNumbers>;

/** Which events concern what: of nodes, instances and moves each, of commands the first ones of their decisions. */
export interface Positions {
  node(id: string): Known;
  instance(id: string): Known;
  move(id: string): Known;
  command(id: string): Known;
  /** Decisions that begin before this event may be unknown to `command`. */
  readonly commandsFrom: number;
}

/** What the view itself keeps: the newest of everything. */
export function positionsIn({ histories, outcomes }: InventoryView): Positions {
  return {
    node: (id) => histories.nodes.newest(id),
    instance: (id) => histories.instances.newest(id),
    move: (id) => histories.moves.newest(id),
    command: (id) => ({ numbers: outcomes.find(id), isComplete: outcomes.completeFrom === 1 }),
    commandsFrom: outcomes.completeFrom,
  };
}
