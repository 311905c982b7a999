import type { CommandBase } from './command.ts';
import type { MoveKind, MoveState, SideName } from './move.ts';
import type { ChargeLine, ResourceRequest } from './request.ts';

/** A group of instances that belong together, or apart. Recorded with the claim. */
export interface PlacementGroup {
  readonly id: string;
  readonly rule: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
  /** How many of the group one node may hold. */
  readonly maxPerNode?: number;
}

/** Exactly one of `request` (the ledger chooses providers) and `charge` (allocations named outright) is present. */
export interface ClaimInstance extends CommandBase {
  readonly type: 'ClaimInstance';
  readonly node: string;
  readonly instance: string;
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly request?: ResourceRequest;
  readonly charge?: readonly ChargeLine[];
  /** How long the claim may stay unconfirmed, 1,000 to 86,400,000 milliseconds. Absent: for ever. */
  readonly ttlMs?: number;
  /** Up to 8 further nodes, tried in this order when `node` refuses. */
  readonly alternates?: readonly string[];
  readonly groups?: readonly PlacementGroup[];
}

interface ClaimCommand extends CommandBase {
  readonly node: string;
  readonly instance: string;
  readonly claimId: string;
}

export interface ConfirmClaim extends ClaimCommand {
  readonly type: 'ConfirmClaim';
}

export interface AbortClaim extends ClaimCommand {
  readonly type: 'AbortClaim';
}

/** `incarnation`: of the node whose charge the command frees, as its agent knows it. An old one is refused. */
interface Releasing {
  readonly incarnation?: number;
}

/** Ends an instance. From anyone who may not free its charges it is an intent: they turn `releasing`. */
export interface DropInstance extends ClaimCommand, Releasing {
  readonly type: 'DropInstance';
}

/** Frees the charge of a shelved instance and keeps its identity. An intent as DropInstance is. */
export interface ShelveOffload extends ClaimCommand, Releasing {
  readonly type: 'ShelveOffload';
}

/**
 * Rebuilds an instance where it is. `before` the work it holds the larger of old and new, `after` it exactly the
 * new, which must not exceed what is held. Exactly one of `request` and `charge` is present.
 */
export interface RebuildInstance extends ClaimCommand {
  readonly type: 'RebuildInstance';
  readonly stage: 'before' | 'after';
  readonly request?: ResourceRequest;
  readonly charge?: readonly ChargeLine[];
}

/** Takes a guest that runs already into the ledger: charged as a fact, even above capacity. */
export interface AdoptInstance extends CommandBase {
  readonly type: 'AdoptInstance';
  readonly node: string;
  readonly instance: string;
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly charge: readonly ChargeLine[];
}

/**
 * Frees without the word of the node's agent. With `claimId`: ends the instance and frees its claim on `node` and
 * the other side of its open move. With `moveId`: frees the side a closed move left on `node`. Exactly one of the
 * two is present.
 */
export interface ForceDrop extends CommandBase {
  readonly type: 'ForceDrop';
  readonly node: string;
  readonly instance: string;
  readonly claimId?: string;
  readonly moveId?: string;
  readonly reason: string;
}

/**
 * Charges the destination of a move. `source` and `claimId` name the live claim; an unshelve has neither. Without
 * `request` and `charge` the destination is asked for what the live claim asked for.
 */
export interface ClaimMove extends CommandBase {
  readonly type: 'ClaimMove';
  readonly kind: MoveKind;
  readonly instance: string;
  readonly source?: string;
  readonly claimId?: string;
  readonly destination: string;
  readonly request?: ResourceRequest;
  readonly charge?: readonly ChargeLine[];
  /** On one node: hold the larger of old and new, per provider and class, instead of their sum. */
  readonly replace?: boolean;
}

interface MoveCommand extends CommandBase {
  readonly instance: string;
  readonly moveId: string;
}

/** States that AdvanceMove names as its aim. */
export const ADVANCED_STATES = [
  'prepared',
  'running',
  'switched',
  'finished',
  'completed',
] as const satisfies readonly MoveState[];

export type AdvancedState = (typeof ADVANCED_STATES)[number];

export interface AdvanceMove extends MoveCommand {
  readonly type: 'AdvanceMove';
  readonly to: AdvancedState;
}

export interface ConfirmMove extends MoveCommand, Releasing {
  readonly type: 'ConfirmMove';
}

export interface RevertMove extends MoveCommand, Releasing {
  readonly type: 'RevertMove';
}

export interface FailMove extends MoveCommand, Releasing {
  readonly type: 'FailMove';
  readonly reason: string;
}

export interface CancelMove extends MoveCommand, Releasing {
  readonly type: 'CancelMove';
}

/** Drops the side that a closed move left charged. `state`: the state the sender knows the move to be in. */
export interface DropMoveClaim extends MoveCommand, Releasing {
  readonly type: 'DropMoveClaim';
  readonly side: SideName;
  readonly state: MoveState;
}

/** Commands that may be parts of an atomic batch. */
export type BatchPart =
  | ClaimInstance
  | ConfirmClaim
  | AbortClaim
  | DropInstance
  | ShelveOffload
  | RebuildInstance
  | ClaimMove
  | AdvanceMove
  | ConfirmMove
  | RevertMove
  | FailMove
  | CancelMove
  | DropMoveClaim;

/**
 * 1 to 64 commands as one decision, judged on their net result: all of them or none. The id of part n, from 0, is
 * `<command id of the batch>.<n>`, and so are the claim and move ids that it makes.
 */
export interface AtomicBatch extends CommandBase {
  readonly type: 'AtomicBatch';
  readonly commands: readonly BatchPart[];
}
