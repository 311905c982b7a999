import { type Change, isOpen, type Move } from '@fleetbook/domain';

/** Which moves are open, which closed ones left a side charged, and which concern a node or an instance. */
export interface MoveIndex {
  update(change: Change): void;
  /** By id. */
  readonly open: ReadonlyMap<string, Move>;
  /** Closed ones with a side that is not freed yet, by id. */
  readonly charged: ReadonlyMap<string, Move>;
  /** Ids of the moves, closed ones included, that have the node as source or destination. */
  ofNode(node: string): Iterable<string>;
  ofInstance(instance: string): Iterable<string>;
}

export function createMoveIndex(): MoveIndex {
  const open = new Map<string, Move>();
  const charged = new Map<string, Move>();
  const byNode = new Map<string, Set<string>>();
  const byInstance = new Map<string, Set<string>>();

  function place(id: string, move: Move): void {
    addTo(byInstance, move.instance, id);
    addTo(byNode, move.destination, id);
    if (move.source !== undefined) {
      addTo(byNode, move.source, id);
    }
  }

  return {
    open,
    charged,
    update(change) {
      if (change.table !== 'moves' || change.after === undefined) {
        return;
      }
      const { key, before, after } = change;
      if (before === undefined) {
        place(key, after);
      }
      const isStillOpen = isOpen(after);
      keep(open, key, after, isStillOpen);
      keep(charged, key, after, !isStillOpen && after.other !== undefined);
    },
    ofNode: (node) => byNode.get(node) ?? [],
    ofInstance: (instance) => byInstance.get(instance) ?? [],
  };
}

/** Holds an entry exactly while it is wanted. */
function keep<Entry>(entries: Map<string, Entry>, key: string, entry: Entry, isWanted: boolean): void {
  if (isWanted) {
    entries.set(key, entry);
  } else {
    entries.delete(key);
  }
}

function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) {
    index.set(key, new Set([id]));
  } else {
    ids.add(id);
  }
}
