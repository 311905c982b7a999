import { type Change, type HeldRecord, isSuspect, type Node, overlayState } from '@fleetbook/domain';
import { RowFlags, type RowIndex } from './row-index.ts';

/**
 * The claims and nodes that the query `attention` looks at; moves are in their own index. Nodes follow lazily: a
 * change marks its node, and `refresh` looks at the marked ones again.
 */
export interface AttentionIndex {
  update(change: Change): void;
  /** Takes a claim that was there before it, of which no release was asked for. */
  restore(instance: string, isConfirmed: boolean): void;
  refresh(nodes: ReadonlyMap<string, Node>): void;
  /** Instances whose release was asked for and not done, by id. */
  readonly releasing: ReadonlyMap<string, HeldRecord>;
  /** Ids of the instances whose claim is not confirmed. */
  unconfirmed(): Iterable<string>;
  /** Nodes of which there is something to say, as of the last `refresh`, by id. */
  readonly nodes: ReadonlyMap<string, Node>;
}

export function createAttentionIndex(instances: RowIndex): AttentionIndex {
  const releasing = new Map<string, HeldRecord>();
  // Every claim begins as one of them.
  const unconfirmed = new RowFlags();
  const nodes = new Map<string, Node>();
  const marked = new Set<string>();

  return {
    releasing,
    *unconfirmed() {
      for (const row of unconfirmed.rows()) {
        yield instances.idAt(row);
      }
    },
    nodes,
    restore(instance, isConfirmed) {
      unconfirmed.set(instances.of(instance), !isConfirmed);
    },
    update(change) {
      if (change.table === 'nodes') {
        marked.add(change.key);
      } else if (change.table === 'instances') {
        const { key, after } = change;
        const claim = after?.status === 'held' ? after.claim : undefined;
        unconfirmed.set(instances.of(key), claim?.status === 'unconfirmed');
        if (after?.status === 'held' && claim?.release !== undefined) {
          releasing.set(key, after);
        } else if (releasing.size > 0) {
          releasing.delete(key);
        }
      }
    },
    refresh(current) {
      for (const id of marked) {
        const node = current.get(id);
        if (node !== undefined && isNotable(node)) {
          nodes.set(id, node);
        } else {
          nodes.delete(id);
        }
      }
      marked.clear();
    },
  };
}

/** A retired node is out of use, whatever was the matter with it. */
function isNotable(node: Node): boolean {
  return (
    node.status.kind !== 'retired' &&
    (node.status.kind === 'down' ||
      node.inventoryStatus.kind === 'stale' ||
      isSuspect(node) ||
      node.owesReport !== undefined ||
      node.drifts !== undefined ||
      (node.overlay !== undefined && overlayState(node).pending.length > 0) ||
      node.tree.providers.some(({ inventories }) => inventories.some(({ charged, capacity }) => charged > capacity)))
  );
}
