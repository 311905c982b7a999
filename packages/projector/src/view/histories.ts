import type { Change, Ledger, LedgerEvent } from '@fleetbook/domain';
import { createEntityHistory, type EntityHistory } from './entity-history.ts';
import { nameNodesOf, nameSubjects, type Subjects } from './subjects.ts';

/** The numbers of the events that concern each node, instance and move. */
export interface Histories {
  readonly nodes: EntityHistory;
  readonly instances: EntityHistory;
  readonly moves: EntityHistory;
  /** `ledger` is the state with the event's commit in it. */
  add(ledger: Ledger, event: LedgerEvent, changes: readonly Change[]): void;
}

export function createHistories(): Histories {
  const nodes = createEntityHistory();
  const instances = createEntityHistory();
  const moves = createEntityHistory();

  return {
    nodes,
    instances,
    moves,
    add(ledger, event, changes) {
      const { number } = event;
      // Refusals belong to the history of what they name: of nodes and moves that exist, and of any instance.
      const subjects: Subjects = {
        node: (id) => ledger.nodes.has(id) && nodes.add(id, number),
        instance: (id) => instances.add(id, number),
        move: (id) => ledger.moves.has(id) && moves.add(id, number),
      };
      nameSubjects(event, ledger.moves, subjects);
      for (const change of changes) {
        addChange(change, subjects);
      }
    },
  };
}

function addChange(change: Change, subjects: Subjects): void {
  switch (change.table) {
    case 'cell':
      return;
    case 'nodes':
      subjects.node(change.key);
      return;
    case 'instances':
      subjects.instance(change.key);
      return;
    case 'moves':
      subjects.move(change.key);
      if (change.after !== undefined) {
        nameNodesOf(change.after, subjects);
      }
  }
}
