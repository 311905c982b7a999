import type {
  AdvanceMove,
  CancelMove,
  CommandMessage,
  ConfirmMove,
  DropMoveClaim,
  FailMove,
  RevertMove,
} from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { DecidedEvent } from '../event.ts';
import { countedBeside } from '../evolve/counted.ts';
import type { Ledger, Move, MoveState, SideOutcome } from '../ledger.ts';
import { isOpen, transitionOf } from '../tables/move-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { refuseMove } from './authorise.ts';
import { carrying } from './carrying.ts';
import { moveFacts, moveResult, refuseMoveState } from './move-facts.ts';
import { mayFreeSide, outcomeFor, refuseOldIncarnation } from './release-right.ts';

export type MoveCommand = AdvanceMove | ConfirmMove | RevertMove | FailMove | CancelMove | DropMoveClaim;

/** A move seen from its reverted end: the side to let go is what the instance holds now. */
const turnedBack = (ledger: Ledger, move: Move): Move => {
  const instance = ledger.instances.get(move.instance);
  if (instance?.status !== 'held' || move.other === undefined) return move;
  const { node, charge } = instance.claim;
  const counted = countedBeside(move, move.other.charge, charge);
  return { ...move, otherSide: 'destination', other: { ...move.other, node, charge, counted } };
};

const completion = (state: MoveState, other: SideOutcome): DecidedEvent =>
  state === 'completed'
    ? { type: 'MoveCompleted', schemaVersion: 1, data: { other } }
    : { type: 'MoveConfirmed', schemaVersion: 1, data: { other } };

/** An unshelve keeps the only side it has. */
const completionOutcome = (ledger: Ledger, { actor }: CommandMessage, move: Move): SideOutcome =>
  move.kind === 'unshelve' ? 'released' : outcomeFor(ledger, actor, move);

const failure = (ledger: Ledger, { actor }: CommandMessage, move: Move, state: MoveState): DecidedEvent =>
  state === 'failed'
    ? { type: 'MoveFailed', schemaVersion: 1, data: { state, isError: false, other: outcomeFor(ledger, actor, move) } }
    : { type: 'MoveFailed', schemaVersion: 1, data: { state, isError: true } };

/** The event of a command that its table lets reach a state. */
const eventOf = (
  ledger: Ledger,
  message: CommandMessage<Exclude<MoveCommand, DropMoveClaim>>,
  move: Move,
  state: MoveState,
): DecidedEvent => {
  switch (message.command.type) {
    case 'AdvanceMove':
      return state === 'completed'
        ? completion(state, completionOutcome(ledger, message, move))
        : { type: 'MoveAdvanced', schemaVersion: 1, data: {} };
    case 'ConfirmMove':
      return completion(state, completionOutcome(ledger, message, move));
    case 'RevertMove': {
      const other = outcomeFor(ledger, message.actor, turnedBack(ledger, move));
      return { type: 'MoveReverted', schemaVersion: 1, data: { other } };
    }
    case 'CancelMove':
      return { type: 'MoveCancelled', schemaVersion: 1, data: { other: outcomeFor(ledger, message.actor, move) } };
    case 'FailMove':
      return failure(ledger, message, move, state);
  }
};

/** Whether the move is already where the command wants it. */
const isSaidAlready = (move: Move, command: MoveCommand): boolean =>
  (command.type === 'AdvanceMove' && command.to === move.state) || (command.type === 'FailMove' && move.isError);

/** The node whose charge the command would free. */
const freedNode = (ledger: Ledger, move: Move, command: MoveCommand): string | undefined =>
  command.type === 'RevertMove' ? turnedBack(ledger, move).other?.node : move.other?.node;

/** Lets go of the side that a closed move left charged. Never frees twice: a side that is gone is gone. */
const decideDrop = (
  ledger: Ledger,
  { actor, command }: CommandMessage<DropMoveClaim>,
  move: Move,
  judgedAt: JudgedAt,
): Decision => {
  if (isOpen(move) || command.state !== move.state || command.side !== move.otherSide) {
    const { state, side } = command;
    return reject('MOVE_STATE', judgedAt, { ...moveFacts(move), expected: { state, side }, side: move.otherSide });
  }
  if (move.other === undefined) return unchanged(moveResult(command.type, move));
  if (mayFreeSide(ledger, actor, move)) return accept({ type: 'MoveClaimDropped', schemaVersion: 1, data: {} });
  return move.other.state === 'releasing'
    ? unchanged(moveResult(command.type, move))
    : accept({ type: 'MoveReleaseRequested', schemaVersion: 1, data: {} });
};

/** Takes a move a step further, closes it or lets go of what it left, as the table of its kind allows. */
export const decideMove = (ledger: Ledger, message: CommandMessage<MoveCommand>, judgedAt: JudgedAt): Decision => {
  const { command } = message;
  const move = ledger.moves.get(command.moveId);
  if (move === undefined) return reject('MOVE_NOT_FOUND', judgedAt, { moveId: command.moveId });
  if (move.instance !== command.instance) return refuseMoveState('MOVE_MISMATCH', judgedAt, move);
  const forbidden =
    refuseMove(ledger, message, command.type, move, judgedAt) ??
    refuseOldIncarnation(ledger, message, freedNode(ledger, move, command), judgedAt);
  if (forbidden !== undefined) return forbidden;
  if (command.type === 'DropMoveClaim') return decideDrop(ledger, carrying(message, command), move, judgedAt);
  const transition = transitionOf(move, command.type);
  if (isSaidAlready(move, command)) return unchanged(moveResult(command.type, move));
  if (transition.kind === 'refuse') return refuseMoveState(transition.code, judgedAt, move);
  if (transition.kind === 'unchanged') {
    return command.type === 'AdvanceMove'
      ? refuseMoveState('MOVE_STATE', judgedAt, move)
      : unchanged(moveResult(command.type, move));
  }
  if (command.type === 'AdvanceMove' && transition.state !== command.to) {
    return refuseMoveState('MOVE_STATE', judgedAt, move);
  }
  return accept(eventOf(ledger, carrying(message, command), move, transition.state));
};
