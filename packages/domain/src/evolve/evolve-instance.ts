import type { EventType, InstanceEventType, LedgerEvent } from '../event.ts';
import type { Change, Ledger } from '../ledger.ts';
import {
  adoptInstance,
  claimInstance,
  confirmClaim,
  dropInstance,
  forgetClaim,
  offloadInstance,
  rebuildInstance,
  requestDrop,
} from './evolve-claim.ts';
import {
  advanceMove,
  cancelMove,
  claimMove,
  completeMove,
  failMove,
  revertMove,
  settleLeftSide,
} from './evolve-move.ts';
import { commandOf, impossible } from './parts.ts';

type InstanceEvent = Extract<LedgerEvent, { readonly type: InstanceEventType }>;

export const INSTANCE_EVENT_TYPES = [
  'InstanceClaimed',
  'ClaimConfirmed',
  'ClaimAborted',
  'ClaimExpired',
  'DropRequested',
  'InstanceDropped',
  'InstanceOffloaded',
  'InstanceRebuilt',
  'InstanceAdopted',
  'InstanceForceDropped',
  'MoveClaimed',
  'MoveAdvanced',
  'MoveCompleted',
  'MoveConfirmed',
  'MoveAutoConfirmed',
  'MoveReverted',
  'MoveCancelled',
  'MoveFailed',
  'MoveClaimDropped',
  'MoveReleaseRequested',
  'MoveClaimForceDropped',
] as const satisfies readonly InstanceEventType[];

const INSTANCE_EVENTS: ReadonlySet<EventType> = new Set<EventType>(INSTANCE_EVENT_TYPES);

export const isInstanceEvent = (event: LedgerEvent): event is InstanceEvent => INSTANCE_EVENTS.has(event.type);

const forcedMove = (event: LedgerEvent): string => {
  const { moveId } = commandOf(event, 'ForceDrop');
  if (moveId === undefined) throw impossible(event, 'it names no move');
  return moveId;
};

/** The replacement records of an event of an instance, its claim or its move. */
export const evolveInstance = (ledger: Ledger, event: InstanceEvent): readonly Change[] => {
  switch (event.type) {
    case 'InstanceClaimed':
      return claimInstance(ledger, event);
    case 'ClaimConfirmed':
      return confirmClaim(ledger, event);
    case 'ClaimAborted':
      return forgetClaim(ledger, event, commandOf(event, 'AbortClaim'));
    case 'ClaimExpired':
      return forgetClaim(ledger, event, event.data);
    case 'DropRequested':
      return requestDrop(ledger, event);
    case 'InstanceDropped':
    case 'InstanceForceDropped':
      return dropInstance(ledger, event);
    case 'InstanceOffloaded':
      return offloadInstance(ledger, event);
    case 'InstanceRebuilt':
      return rebuildInstance(ledger, event);
    case 'InstanceAdopted':
      return adoptInstance(ledger, event);
    case 'MoveClaimed':
      return claimMove(ledger, event);
    case 'MoveAdvanced':
      return advanceMove(ledger, event);
    case 'MoveCompleted': {
      const { command } = event;
      const { moveId } =
        command?.type === 'ConfirmMove' ? commandOf(event, 'ConfirmMove') : commandOf(event, 'AdvanceMove');
      return completeMove(ledger, event, moveId, 'completed', event.data.other);
    }
    case 'MoveConfirmed':
      return completeMove(ledger, event, commandOf(event, 'ConfirmMove').moveId, 'confirmed', event.data.other);
    case 'MoveAutoConfirmed':
      return completeMove(ledger, event, event.data.moveId, 'confirmed', event.data.other);
    case 'MoveReverted':
      return revertMove(ledger, event);
    case 'MoveCancelled':
      return cancelMove(ledger, event);
    case 'MoveFailed':
      return failMove(ledger, event);
    case 'MoveClaimDropped':
      return settleLeftSide(ledger, event, commandOf(event, 'DropMoveClaim').moveId, 'released');
    case 'MoveReleaseRequested':
      return settleLeftSide(ledger, event, commandOf(event, 'DropMoveClaim').moveId, 'releasing');
    case 'MoveClaimForceDropped':
      return settleLeftSide(ledger, event, forcedMove(event), 'released');
  }
};
