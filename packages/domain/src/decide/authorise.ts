import { type Actor, isSameActor } from '../actor.ts';
import type { CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Ledger, Move, Node } from '../ledger.ts';
import { MOVE_SIDES, type MoveCommandType } from '../tables/move-table.ts';
import { scopeOf } from '../tables/permissions.ts';
import { reject } from './answer.ts';

const nodeOf = ({ command }: CommandMessage): string | undefined => ('node' in command ? command.node : undefined);

const notAuthorised = (message: CommandMessage, judgedAt: JudgedAt, node = nodeOf(message)): Decision => {
  const { actor, command } = message;
  return reject('NOT_AUTHORISED', judgedAt, {
    ...(node === undefined ? {} : { node }),
    command: command.type,
    role: actor.role,
    actor: actor.id,
  });
};

/** Refuses a role that may not send this command to any node. */
export const refuseRole = (message: CommandMessage, judgedAt: JudgedAt): Decision | undefined =>
  scopeOf(message.command.type, message.actor.role) === undefined ? notAuthorised(message, judgedAt) : undefined;

/** Refuses an agent on a node that another agent owns. */
export const refuseNode = (message: CommandMessage, node: Node, judgedAt: JudgedAt): Decision | undefined =>
  scopeOf(message.command.type, message.actor.role) === 'own-node' && node.owner !== message.actor.id
    ? notAuthorised(message, judgedAt, node.id)
    : undefined;

/** Refuses an actor limited to its own claims and moves on those of somebody else. */
export const refuseClaim = (message: CommandMessage, claimant: Actor, judgedAt: JudgedAt): Decision | undefined =>
  scopeOf(message.command.type, message.actor.role) === 'own-claim' && !isSameActor(claimant, message.actor)
    ? notAuthorised(message, judgedAt)
    : undefined;

/** Refuses an agent without a node on a side of the move that has a say, and whoever did not claim it. */
export const refuseMove = (
  ledger: Ledger,
  message: CommandMessage,
  type: MoveCommandType,
  move: Move,
  judgedAt: JudgedAt,
): Decision | undefined => {
  if (scopeOf(type, message.actor.role) !== 'own-side') return refuseClaim(message, move.claimant, judgedAt);
  const isOwn = MOVE_SIDES[move.kind][type].some((side) => {
    const node = side === 'source' ? move.source : move.destination;
    return node !== undefined && ledger.nodes.look(node)?.owner === message.actor.id;
  });
  return isOwn ? undefined : notAuthorised(message, judgedAt);
};
