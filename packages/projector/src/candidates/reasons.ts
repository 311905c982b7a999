import type { NodeReason, ReasonCount } from '@fleetbook/contracts';
import type { NodeRefusal } from './reason-memo.ts';

/** Counts nodes by the rule each of them fails first, and by the class concerned. */
export interface ReasonTally {
  add(refusal: NodeRefusal): void;
  /** The most frequent first, then by name. */
  counts(): readonly ReasonCount[];
}

export function createReasonTally(outside: ReadonlyMap<NodeReason, number>): ReasonTally {
  const counts = new Map<string, { count: ReasonCount }>();

  function addNodes(reason: NodeReason, resourceClass: string | undefined, nodes: number): void {
    const key = `${reason} ${resourceClass ?? ''}`;
    const known = counts.get(key);
    if (known === undefined) {
      const named = resourceClass === undefined ? {} : { class: resourceClass };
      counts.set(key, { count: { reason, ...named, nodes } });
    } else {
      known.count = { ...known.count, nodes: known.count.nodes + nodes };
    }
  }

  for (const [reason, nodes] of outside) {
    addNodes(reason, undefined, nodes);
  }
  return {
    add(refusal) {
      if (refusal !== undefined) {
        addNodes(refusal.reason, refusal.class, 1);
      }
    },
    counts() {
      const sorted = Array.from(counts).sort(
        ([leftKey, left], [rightKey, right]) => right.count.nodes - left.count.nodes || (leftKey < rightKey ? -1 : 1),
      );
      return sorted.map(([, { count }]) => count);
    },
  };
}
