import type { Change, Ledger, LedgerEvent } from '@fleetbook/domain';
import { createEntityHistory, type EntityHistory, type Settling } from './entity-history.ts';
import type { ViewRows } from './row-index.ts';
import { nameChange, nameSubjects, type Subjects } from './subjects.ts';

/** The numbers of the events that concern each node, instance and move. */
export interface Histories {
  readonly nodes: EntityHistory;
  readonly instances: EntityHistory;
  readonly moves: EntityHistory;
  /** `ledger` is the state with the event's commit in it. */
  add(ledger: Ledger, event: LedgerEvent, changes: readonly Change[]): void;
}

/** The event that is being added, and what it named last: its command and its changes mostly name the same. */
interface Current {
  ledger: Ledger | undefined;
  number: number;
  node: string;
  instance: string;
}

/** @param settling where the histories of instances go that have ended. */
export function createHistories(rows: ViewRows, settling: Settling): Histories {
  const nodes = createEntityHistory(rows.nodes);
  const instances = createEntityHistory(rows.instances, settling);
  const moves = createEntityHistory(rows.moves);

  const current: Current = { ledger: undefined, number: 0, node: '', instance: '' };

  // Refusals belong to the history of what they name: of nodes and moves that exist, and of any instance.
  const subjects: Subjects = {
    node(id) {
      if (id !== current.node && current.ledger?.nodes.has(id)) {
        nodes.add(id, current.number);
        current.node = id;
      }
    },
    instance(id) {
      if (id !== current.instance) {
        instances.add(id, current.number);
        current.instance = id;
      }
    },
    move(id) {
      if (current.ledger?.moves.has(id)) {
        moves.add(id, current.number);
      }
    },
  };

  return {
    nodes,
    instances,
    moves,
    add(ledger, event, changes) {
      current.ledger = ledger;
      current.number = event.number;
      current.node = '';
      current.instance = '';
      nameSubjects(event, ledger.moves, subjects);
      for (const change of changes) {
        nameChange(change, subjects);
      }
    },
  };
}
