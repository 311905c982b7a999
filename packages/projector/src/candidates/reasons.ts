import type { NodeReason, ReasonCount } from '@fleetbook/contracts';
import type { NodeRefusal } from './reason-memo.ts';

/** Counts nodes by the rule each of them fails first, and by the class concerned. */
export interface ReasonTally {
  add(refusal: NodeRefusal, nodes?: number): void;
  /** The most frequent first, then by name. */
  counts(): readonly ReasonCount[];
}

export function createReasonTally(outside: ReadonlyMap<NodeReason, number>): ReasonTally {
  const counts = new Map<NodeReason, Map<string, number>>();

  function addNodes(reason: NodeReason, resourceClass: string | undefined, nodes: number): void {
    const byClass = counts.get(reason) ?? new Map<string, number>();
    counts.set(reason, byClass);
    const name = resourceClass ?? '';
    byClass.set(name, (byClass.get(name) ?? 0) + nodes);
  }

  for (const [reason, nodes] of outside) {
    addNodes(reason, undefined, nodes);
  }
  return {
    add(refusal, nodes = 1) {
      addNodes(refusal.reason, refusal.class, nodes);
    },
    counts() {
      const rows = Array.from(counts).flatMap(([reason, byClass]) =>
        Array.from(
          byClass,
          ([name, nodes]): ReasonCount => ({ reason, ...(name === '' ? {} : { class: name }), nodes }),
        ),
      );
      return rows.sort((left, right) => right.nodes - left.nodes || (nameOf(left) < nameOf(right) ? -1 : 1));
    },
  };
}

function nameOf({ reason, class: name }: ReasonCount): string {
  return `${reason} ${name ?? ''}`;
}
