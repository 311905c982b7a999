import type { Command } from './command.ts';
import type { CommandResult } from './decision.ts';
import type { EndedMove, LedgerEvent, LedgerEventOf } from './event.ts';
import type { MoveState, SideOutcome } from './move.ts';
import type { MoveCommandType } from './tables/move-table.ts';

type MoveCommand = Extract<Command, { readonly type: MoveCommandType }>;

interface Reached {
  readonly state: MoveState;
  readonly isError?: true;
  readonly other?: SideOutcome;
}

/** Where an event of a move command leaves the move. */
const reachedBy = (command: MoveCommand, event: LedgerEvent): Reached | undefined => {
  switch (event.type) {
    case 'MoveAdvanced':
      return command.type === 'AdvanceMove' ? { state: command.to } : undefined;
    case 'MoveCompleted':
      return { state: 'completed', other: event.data.other };
    case 'MoveConfirmed':
      return { state: 'confirmed', other: event.data.other };
    case 'MoveReverted':
      return { state: 'reverted', other: event.data.other };
    case 'MoveCancelled':
      return { state: 'cancelled', other: event.data.other };
    case 'MoveFailed': {
      const { state, isError, other } = event.data;
      return { state, ...(isError ? { isError } : {}), ...(other === undefined ? {} : { other }) };
    }
    case 'MoveClaimDropped':
      return command.type === 'DropMoveClaim' ? { state: command.state, other: 'released' } : undefined;
    case 'MoveReleaseRequested':
      return command.type === 'DropMoveClaim' ? { state: command.state, other: 'releasing' } : undefined;
    default:
      return undefined;
  }
};

const moveResultOf = (command: MoveCommand, event: LedgerEvent): CommandResult | undefined => {
  const reached = reachedBy(command, event);
  const { type, instance, moveId } = command;
  return reached === undefined ? undefined : { type, instance, moveId, ...reached };
};

type ClaimEvent = LedgerEventOf<
  'ClaimConfirmed' | 'ClaimAborted' | 'InstanceDropped' | 'InstanceOffloaded' | 'DropRequested'
>;

const isClaimEvent = (event: LedgerEvent): event is ClaimEvent =>
  event.type === 'ClaimConfirmed' ||
  event.type === 'ClaimAborted' ||
  event.type === 'InstanceDropped' ||
  event.type === 'InstanceOffloaded' ||
  event.type === 'DropRequested';

interface Released {
  readonly state?: 'releasing';
  readonly becomes?: 'ended' | 'offloaded';
  readonly move?: EndedMove;
}

const releaseOf = (command: Command, event: ClaimEvent): Released => ({
  ...(event.type === 'DropRequested'
    ? { state: 'releasing', becomes: command.type === 'ShelveOffload' ? 'offloaded' : 'ended' }
    : {}),
  ...('move' in event.data && event.data.move !== undefined ? { move: event.data.move } : {}),
});

/** The result of a command about an instance, its claim or its move; undefined when the event does not answer it. */
export const instanceResultOf = (command: Command, event: LedgerEvent): CommandResult | undefined => {
  switch (command.type) {
    case 'ClaimInstance': {
      if (event.type !== 'InstanceClaimed') return undefined;
      const { type, instance } = command;
      return { type, instance, claimId: event.commandId, ...event.data };
    }
    case 'ConfirmClaim':
    case 'AbortClaim':
    case 'DropInstance':
    case 'ShelveOffload': {
      const { type, node, instance, claimId } = command;
      return isClaimEvent(event) ? { type, node, instance, claimId, ...releaseOf(command, event) } : undefined;
    }
    case 'RebuildInstance': {
      const { type, node, instance, claimId } = command;
      return event.type === 'InstanceRebuilt'
        ? { type, node, instance, claimId, charge: event.data.charge }
        : undefined;
    }
    case 'AdoptInstance': {
      if (event.type !== 'InstanceAdopted') return undefined;
      const { type, node, instance } = command;
      return { type, node, instance, claimId: event.commandId, charge: event.data.charge };
    }
    case 'ForceDrop': {
      const { type, node, instance, claimId, moveId } = command;
      const ended = event.type === 'InstanceForceDropped' ? event.data : {};
      if (claimId !== undefined) return { type, node, instance, claimId, ...ended };
      return { type, node, instance, ...(moveId === undefined ? {} : { moveId }) };
    }
    case 'ClaimMove': {
      if (event.type !== 'MoveClaimed') return undefined;
      const { type, instance, destination } = command;
      return { type, instance, moveId: event.commandId, state: 'claimed', destination, charge: event.data.charge };
    }
    case 'AdvanceMove':
    case 'ConfirmMove':
    case 'RevertMove':
    case 'FailMove':
    case 'CancelMove':
    case 'DropMoveClaim':
      return moveResultOf(command, event);
    default:
      return undefined;
  }
};
