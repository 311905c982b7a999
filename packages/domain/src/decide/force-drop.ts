import type { CommandMessage, ForceDrop } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { EndedMove } from '../event.ts';
import type { Ledger } from '../ledger.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { isOpen } from '../tables/move-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { instanceFacts } from './claim.ts';
import { moveFacts, refuseMoveState } from './move-facts.ts';

/** Frees the side that a closed move left on a node. */
const forceSide = (ledger: Ledger, command: ForceDrop, moveId: string, judgedAt: JudgedAt): Decision => {
  const { node, instance } = command;
  const move = ledger.moves.get(moveId);
  if (move === undefined) return reject('MOVE_NOT_FOUND', judgedAt, { moveId });
  const sideNode = move.otherSide === 'source' ? move.source : move.destination;
  if (move.instance !== instance || sideNode !== node) {
    return reject('MOVE_MISMATCH', judgedAt, { ...moveFacts(move), node: sideNode ?? '' });
  }
  if (isOpen(move)) return refuseMoveState('MOVE_STATE', judgedAt, move);
  return move.other === undefined
    ? unchanged({ type: command.type, node, instance, moveId })
    : accept({ type: 'MoveClaimForceDropped', schemaVersion: 1, data: {} });
};

/** Ends the instance that the claim holds, and the open move with it: both sides are freed. */
const forceClaim = (ledger: Ledger, command: ForceDrop, judgedAt: JudgedAt): Decision => {
  const instance = ledger.instances.get(command.instance);
  const facts = { instance: command.instance, ...instanceFacts(instance) };
  const transition = CLAIM_TABLE[claimStateOf(instance)].ForceDrop;
  if (instance === undefined || instance.status === 'ended' || transition.kind === 'refuse') {
    return reject(transition.kind === 'refuse' ? transition.code : 'CLAIM_NOT_FOUND', judgedAt, facts);
  }
  const { claimId, node } = instance.status === 'held' ? instance.claim : instance;
  if (claimId !== command.claimId || node !== command.node) return reject('CLAIM_MISMATCH', judgedAt, facts);
  const { moveId } = instance;
  const move: { readonly move?: EndedMove } = moveId === undefined ? {} : { move: { moveId, other: 'released' } };
  return accept({ type: 'InstanceForceDropped', schemaVersion: 1, data: move });
};

/** An operator frees what no agent will. */
export const decideForceDrop = (
  ledger: Ledger,
  { command }: CommandMessage<ForceDrop>,
  judgedAt: JudgedAt,
): Decision =>
  command.moveId === undefined
    ? forceClaim(ledger, command, judgedAt)
    : forceSide(ledger, command, command.moveId, judgedAt);
