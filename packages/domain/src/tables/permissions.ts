import type { Role } from '../actor.ts';
import type { CommandType } from '../command.ts';

/**
 * How far a role may go with a command: `any` node, only a node the agent owns (`own-node`),
 * or only a claim the actor made itself (`own-claim`).
 */
export type Scope = 'any' | 'own-node' | 'own-claim';

export type Permissions = Readonly<Record<CommandType, Readonly<Partial<Record<Role, Scope>>>>>;

/**
 * Role × command; what is absent is forbidden. RegisterNode is open to every agent because it is how a node
 * gets its owner: registering another agent's node is refused as NODE_OWNED_BY.
 */
export const PERMISSIONS: Permissions = {
  RegisterNode: { agent: 'any' },
  ReportInventory: { agent: 'own-node' },
  EnableNode: { operator: 'any' },
  DisableNode: { operator: 'any' },
  RetireNode: { operator: 'any' },
  ClaimInstance: { agent: 'own-node', scheduler: 'any' },
  ConfirmClaim: { agent: 'own-node', scheduler: 'own-claim' },
  AbortClaim: { agent: 'own-node', scheduler: 'own-claim' },
  DropInstance: { agent: 'own-node' },
};

/** The scope of a role for a command, or undefined when it may not send it at all. */
export const scopeOf = (type: CommandType, role: Role): Scope | undefined => PERMISSIONS[type][role];
