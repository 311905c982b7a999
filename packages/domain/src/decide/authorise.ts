import type { CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Instance, Node } from '../ledger.ts';
import { scopeOf } from '../tables/permissions.ts';
import { reject } from './answer.ts';

const notAuthorised = ({ actor, command }: CommandMessage, judgedAt: JudgedAt): Decision =>
  reject('NOT_AUTHORISED', judgedAt, { node: command.node, command: command.type, role: actor.role, actor: actor.id });

/** Refuses a role that may not send this command to any node. */
export const refuseRole = (message: CommandMessage, judgedAt: JudgedAt): Decision | undefined =>
  scopeOf(message.command.type, message.actor.role) === undefined ? notAuthorised(message, judgedAt) : undefined;

/** Refuses an agent on a node that another agent owns. */
export const refuseNode = (message: CommandMessage, node: Node, judgedAt: JudgedAt): Decision | undefined =>
  scopeOf(message.command.type, message.actor.role) === 'own-node' && node.owner !== message.actor.id
    ? notAuthorised(message, judgedAt)
    : undefined;

/** Refuses an actor limited to its own claims on the live claim of somebody else. */
export const refuseClaim = (
  message: CommandMessage,
  instance: Extract<Instance, { status: 'held' }>,
  judgedAt: JudgedAt,
): Decision | undefined => {
  const { role, id } = instance.claim.claimant;
  const isClaimant = role === message.actor.role && id === message.actor.id;
  return scopeOf(message.command.type, message.actor.role) === 'own-claim' && !isClaimant
    ? notAuthorised(message, judgedAt)
    : undefined;
};
