import type { Role } from '../actor.ts';
import type { CommandType } from '../command.ts';

/**
 * How far a role may go with a command: `any` node, only a node the agent owns (`own-node`),
 * only a claim or move the actor made itself (`own-claim`),
 * or only a move with a side on a node the agent owns, as the kind's table of sides allows (`own-side`).
 */
export type Scope = 'any' | 'own-node' | 'own-claim' | 'own-side';

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
  MarkNodeDown: { operator: 'any' },
  TransferNode: { operator: 'any' },
  SetInventoryPolicy: { operator: 'any' },
  SetAggregates: { operator: 'any' },
  SetOverlay: { operator: 'any' },
  SetDriftPolicy: { operator: 'any' },
  Reshape: { agent: 'own-node' },
  ReportBuildResult: { agent: 'own-node' },
  ReportInstanceState: { agent: 'own-node' },
  ReportGuests: { agent: 'own-node' },
  ClaimInstance: { agent: 'own-node', scheduler: 'any' },
  ConfirmClaim: { agent: 'own-node', scheduler: 'own-claim' },
  AbortClaim: { agent: 'own-node', scheduler: 'own-claim' },
  DropInstance: { agent: 'own-node', scheduler: 'own-claim', operator: 'any' },
  ShelveOffload: { agent: 'own-node', scheduler: 'own-claim', operator: 'any' },
  RebuildInstance: { agent: 'own-node' },
  AdoptInstance: { operator: 'any' },
  ForceDrop: { operator: 'any' },
  ClaimMove: { agent: 'own-node', scheduler: 'any' },
  AdvanceMove: { agent: 'own-side' },
  ConfirmMove: { agent: 'own-side', scheduler: 'own-claim', operator: 'any' },
  RevertMove: { agent: 'own-side', scheduler: 'own-claim', operator: 'any' },
  FailMove: { agent: 'own-side', scheduler: 'own-claim', operator: 'any' },
  CancelMove: { agent: 'own-side', scheduler: 'own-claim', operator: 'any' },
  DropMoveClaim: { agent: 'own-side', scheduler: 'own-claim', operator: 'any' },
  AtomicBatch: { agent: 'any', scheduler: 'any', operator: 'any' },
  RevokeCheckpoint: { operator: 'any' },
};

/** The scope of a role for a command, or undefined when it may not send it at all. */
export const scopeOf = (type: CommandType, role: Role): Scope | undefined => PERMISSIONS[type][role];
