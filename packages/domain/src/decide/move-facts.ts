import type { CommandResult, Decision, JudgedAt } from '../decision.ts';
import type { RejectionDetails } from '../event.ts';
import type { Move, SideOutcome } from '../ledger.ts';
import type { RejectionCode } from '../rejection.ts';
import { isOpen, legalCommands, type MoveCommandType } from '../tables/move-table.ts';
import { reject } from './answer.ts';

/** What became of the side that a closed move did not keep; undefined while it is open. */
const recordedOutcome = (move: Move): SideOutcome | undefined => {
  if (isOpen(move)) return undefined;
  return move.other === undefined || move.other.state === 'held' ? 'released' : move.other.state;
};

export const moveResult = (type: MoveCommandType, move: Move): CommandResult => {
  const other = recordedOutcome(move);
  return {
    type,
    instance: move.instance,
    moveId: move.id,
    state: move.state,
    ...(move.isError ? { isError: true } : {}),
    ...(other === undefined ? {} : { other }),
  };
};

/** A move as refusals tell it: where it stands and what would be legal. */
export const moveFacts = (move: Move): RejectionDetails => ({
  moveId: move.id,
  kind: move.kind,
  instance: move.instance,
  state: move.state,
  ...(move.isError ? { isError: true } : {}),
  ...(move.other === undefined
    ? {}
    : { other: { side: move.otherSide, node: move.other.node, state: move.other.state } }),
  legal: [...legalCommands(move)],
});

export const refuseMoveState = (code: RejectionCode, judgedAt: JudgedAt, move: Move): Decision =>
  reject(code, judgedAt, moveFacts(move));
