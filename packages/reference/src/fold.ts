import { commandOf, type ReferenceEvent } from './event.ts';
import { claimInstance, confirmClaim, endClaim } from './fold-claim.ts';
import { registerNode, reportInventory, retireNode, setStatus } from './fold-node.ts';
import { emptyState, type ReferenceState } from './state.ts';
import { checkNumber } from './violations.ts';

/**
 * The inventory after these events, from the first one on. Events that break an invariant are noted, for
 * `referenceViolations`, and folded as far as they make sense. Throws Error for an event of unknown type or
 * without its command.
 */
export function foldReference(events: Iterable<ReferenceEvent>): ReferenceState {
  const state = emptyState();
  for (const event of events) {
    checkNumber(state, event);
    state.number = event.number;
    foldEvent(state, event);
  }
  return state;
}

function foldEvent(state: ReferenceState, event: ReferenceEvent): void {
  switch (event.type) {
    case 'LedgerCreated':
      state.cell = { name: event.data.cell, historyId: event.data.historyId };
      break;
    case 'WriterElected':
      state.epoch = event.data.epoch;
      break;
    case 'NodeRegistered':
      registerNode(state, event);
      break;
    case 'InventoryChanged':
      reportInventory(state, event);
      break;
    case 'NodeEnabled':
      setStatus(state, event, commandOf(event, 'EnableNode').node, 'enabled');
      break;
    case 'NodeDisabled': {
      const { node, reason } = commandOf(event, 'DisableNode');
      setStatus(state, event, node, 'disabled', reason);
      break;
    }
    case 'NodeRetired':
      retireNode(state, event);
      break;
    case 'InstanceClaimed':
      claimInstance(state, event);
      break;
    case 'ClaimConfirmed':
      confirmClaim(state, event);
      break;
    case 'ClaimAborted':
      endClaim(state, event, commandOf(event, 'AbortClaim'));
      break;
    case 'InstanceDropped':
      endClaim(state, event, commandOf(event, 'DropInstance'));
      break;
    case 'CellConfigured':
    case 'CommandRejected':
      break;
    default:
      throw unknownType(event);
  }
}

function unknownType(event: never): Error {
  return new Error(`an event of unknown type: ${JSON.stringify(event)}`);
}
