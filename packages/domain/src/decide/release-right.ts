import type { Actor } from '../actor.ts';
import type { CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { isGivenUp, isOff } from '../given-up.ts';
import type { Ledger, Move, SideOutcome } from '../ledger.ts';
import { reject } from './answer.ts';

/**
 * Who may free a charge: the agent that owns its node, and anybody once the node is down and fenced, or retired.
 * The same request from anybody else is an intent: the charge turns `releasing` and counts in full. ForceDrop, heals
 * and claims that were never confirmed do not ask.
 */
export const releaseRight = (ledger: Ledger, actor: Actor, nodeId: string): boolean => {
  const node = ledger.nodes.look(nodeId);
  if (node === undefined) return false;
  return isOff(node) || (actor.role === 'agent' && node.owner === actor.id);
};

export const mayFreeSide = (ledger: Ledger, actor: Actor, move: Move): boolean => {
  const node = move.other === undefined ? undefined : ledger.nodes.look(move.other.node);
  return node !== undefined && releaseRight(ledger, actor, node.id) && !isGivenUp(node, move);
};

/** What becomes of the side that a move does not keep when the actor closes it. */
export const outcomeFor = (ledger: Ledger, actor: Actor, move: Move): SideOutcome => {
  // As for a claim that was never confirmed: agents advance a move before they start anything.
  if (move.state === 'claimed') return 'released';
  // Under `replace` the claim may cover all of it: nothing is left that anybody could let go.
  if (move.other?.counted.length === 0) return 'released';
  if (mayFreeSide(ledger, actor, move)) return 'released';
  return move.kind === 'evacuation' && move.otherSide === 'source' ? 'left-behind' : 'releasing';
};

/** Refuses whoever speaks for an incarnation of the node that is over; an agent may state that of a node of its own. */
export const refuseOldIncarnation = (
  ledger: Ledger,
  { actor, command }: CommandMessage,
  nodeId: string | undefined,
  judgedAt: JudgedAt,
): Decision | undefined => {
  const node = nodeId === undefined ? undefined : ledger.nodes.look(nodeId);
  if (node === undefined || (actor.role === 'agent' && node.owner !== actor.id)) return undefined;
  const stated = 'incarnation' in command ? command.incarnation : undefined;
  if (stated === undefined || stated === node.incarnation) return undefined;
  const { id, incarnation: currentIncarnation } = node;
  return reject('STALE_INCARNATION', judgedAt, { node: id, incarnation: stated, currentIncarnation });
};
