import type { Actor } from './actor.ts';
import type {
  AbortClaim,
  AdoptInstance,
  AdvanceMove,
  AtomicBatch,
  CancelMove,
  ClaimInstance,
  ClaimMove,
  ConfirmClaim,
  ConfirmMove,
  DropInstance,
  DropMoveClaim,
  FailMove,
  ForceDrop,
  RebuildInstance,
  RevertMove,
  ShelveOffload,
} from './instance-command.ts';
import type { ChargeLine } from './request.ts';

export type * from './instance-command.ts';

/** The client program that sent a command: for people reading the log, never judged. */
export interface Origin {
  readonly client: string;
  readonly version: string;
  readonly host: string;
}

export interface CommandBase {
  readonly origin: Origin;
}

/** A node's agent announces a start of its host. A new `bootId` begins a new incarnation. */
export interface RegisterNode extends CommandBase {
  readonly type: 'RegisterNode';
  readonly node: string;
  readonly bootId: string;
}

export interface ReportedInventory {
  readonly class: string;
  readonly total: number;
  /** Absent in a report: keep what the ledger has (first report: 0). */
  readonly reserved?: number;
  readonly minUnit?: number;
  readonly maxUnit?: number;
  readonly stepSize?: number;
  /** Ratio times 1,000,000. Absent in a report: keep what the ledger has (first report: 1,000,000). */
  readonly allocationRatioMillionths?: number;
  /** Names the discrete units of this class; then `total` equals their count. */
  readonly units?: readonly string[];
}

export interface ReportedProvider {
  readonly id: string;
  /** Absent for the root, of which a tree has exactly one. */
  readonly parent?: string;
  readonly inventories: readonly ReportedInventory[];
  readonly traits?: readonly string[];
  readonly aggregates?: readonly string[];
}

interface InventoryReport extends CommandBase {
  readonly type: 'ReportInventory';
  readonly node: string;
  readonly incarnation: number;
  /** Orders the reports of an incarnation. */
  readonly sequence: number;
}

/** The whole provider tree of a node, as its agent sees it. */
export interface FullReport extends InventoryReport {
  readonly mode: 'full';
  readonly providers: readonly ReportedProvider[];
}

export interface FlatTotal {
  readonly class: string;
  readonly total: number;
}

/** Totals of fungible classes of the root, from a driver that knows no tree. Classes left out stay as they are. */
export interface FlatReport extends InventoryReport {
  readonly mode: 'flat';
  readonly totals: readonly FlatTotal[];
}

/** The driver cannot say, or failed to: the last inventory stays and is marked stale. */
export interface UnsupportedReport extends InventoryReport {
  readonly mode: 'unsupported';
  readonly reason: string;
}

export type ReportInventory = FullReport | FlatReport | UnsupportedReport;

/** What an operator fixes for one inventory. At least one of the two is present; what is absent stays as it is. */
export interface InventoryPolicy {
  readonly provider: string;
  readonly class: string;
  readonly reserved?: number;
  /** Ratio times 1,000,000. */
  readonly allocationRatioMillionths?: number;
}

/** A report overwrites these figures only by stating them; an inventory that comes back gets them again. */
export interface SetInventoryPolicy extends CommandBase {
  readonly type: 'SetInventoryPolicy';
  readonly node: string;
  readonly policies: readonly InventoryPolicy[];
}

/** A report overwrites a provider's aggregates only by stating them. */
export interface SetAggregates extends CommandBase {
  readonly type: 'SetAggregates';
  readonly node: string;
  readonly provider: string;
  readonly aggregates: readonly string[];
}

/** What an operator adds to what the driver reports of one provider. */
export interface OverlayTarget {
  /** Absent: the default, for the root of the node unless another target names it. */
  readonly provider?: string;
  readonly inventories: readonly ReportedInventory[];
  readonly traits?: readonly string[];
}

/** Replaces the whole overlay of a node; no targets remove it. */
export interface SetOverlay extends CommandBase {
  readonly type: 'SetOverlay';
  readonly node: string;
  readonly targets: readonly OverlayTarget[];
}

/** Part of what a claim, or the side of a move on this node, holds at the rule's provider. */
export interface ReshapeOwner {
  readonly instance: string;
  /** Present: the side of this move, not the claim. */
  readonly moveId?: string;
  /** Absent: all of it. Equals the count of `units` where these are named. */
  readonly amount?: number;
  readonly units?: readonly string[];
}

/** Charges of a class go from one provider of the node to another. Without `owners`: those of every owner, whole. */
export interface ReshapeRule {
  readonly class: string;
  readonly from: string;
  readonly to: string;
  readonly owners?: readonly ReshapeOwner[];
}

/** Rules are applied one after the other to the charges as they stand. */
export interface Reshape extends CommandBase {
  readonly type: 'Reshape';
  readonly node: string;
  readonly incarnation: number;
  readonly rules: readonly ReshapeRule[];
}

export interface EnableNode extends CommandBase {
  readonly type: 'EnableNode';
  readonly node: string;
}

export interface DisableNode extends CommandBase {
  readonly type: 'DisableNode';
  readonly node: string;
  readonly reason: string;
}

export interface RetireNode extends CommandBase {
  readonly type: 'RetireNode';
  readonly node: string;
}

/** `fenced`: nothing can run on it any more, so that what it holds may be freed. */
export interface MarkNodeDown extends CommandBase {
  readonly type: 'MarkNodeDown';
  readonly node: string;
  readonly reason: string;
  readonly fenced: boolean;
}

/** What the log states of the inventory after event `upTo` is wrong: nobody is to be held to it. */
export interface RevokeCheckpoint extends CommandBase {
  readonly type: 'RevokeCheckpoint';
  readonly upTo: number;
  readonly reason: string;
}

/** Lets another agent register the node. It stays with its owner until then; naming the owner takes it back. */
export interface TransferNode extends CommandBase {
  readonly type: 'TransferNode';
  readonly node: string;
  readonly owner: string;
}

/** `refused`: given up because of a policy, which says nothing about the node. */
export interface ReportBuildResult extends CommandBase {
  readonly type: 'ReportBuildResult';
  readonly node: string;
  readonly instance: string;
  readonly result: 'succeeded' | 'failed' | 'refused';
}

/** What the hypervisor's manager says of a guest, in its own words: counted, never judged. */
export interface InstanceState {
  readonly vm: string;
  readonly task?: string;
  readonly osType?: string;
}

export interface ReportInstanceState extends CommandBase {
  readonly type: 'ReportInstanceState';
  readonly node: string;
  readonly instance: string;
  readonly claimId: string;
  readonly state: InstanceState;
}

/** A guest as found on its host; `charge` where the agent can tell what it uses. */
export interface Guest {
  readonly instance: string;
  readonly charge?: readonly ChargeLine[];
}

/** The guests that run on a node. */
export interface ReportGuests extends CommandBase {
  readonly type: 'ReportGuests';
  readonly node: string;
  readonly incarnation: number;
  /** False: guests may be missing from the list, so that absence proves nothing. */
  readonly complete: boolean;
  /** Number of the newest event the agent knew before it began to list. */
  readonly takenAt: number;
  readonly guests: readonly Guest[];
}

/** What the ledger does about drift by itself; each heals what the ones before it heal, too. */
export type DriftPolicy = 'observe' | 'heal-safe' | 'heal-all';

export interface SetDriftPolicy extends CommandBase {
  readonly type: 'SetDriftPolicy';
  readonly node: string;
  readonly policy: DriftPolicy;
  /** How many charges the next heal may free, where that is more than what is allowed unasked. */
  readonly mayFree?: number;
}

/** Every command of the ledger, validated. Field order is the order in which it is stored. */
export type Command =
  | RegisterNode
  | ReportInventory
  | EnableNode
  | DisableNode
  | RetireNode
  | MarkNodeDown
  | TransferNode
  | SetInventoryPolicy
  | SetAggregates
  | SetOverlay
  | SetDriftPolicy
  | Reshape
  | ReportBuildResult
  | ReportInstanceState
  | ReportGuests
  | ClaimInstance
  | ConfirmClaim
  | AbortClaim
  | DropInstance
  | ShelveOffload
  | RebuildInstance
  | AdoptInstance
  | ForceDrop
  | ClaimMove
  | AdvanceMove
  | ConfirmMove
  | RevertMove
  | FailMove
  | CancelMove
  | DropMoveClaim
  | AtomicBatch
  | RevokeCheckpoint;

export type CommandType = Command['type'];

export const COMMAND_TYPES = [
  'RegisterNode',
  'ReportInventory',
  'EnableNode',
  'DisableNode',
  'RetireNode',
  'MarkNodeDown',
  'TransferNode',
  'SetInventoryPolicy',
  'SetAggregates',
  'SetOverlay',
  'SetDriftPolicy',
  'Reshape',
  'ReportBuildResult',
  'ReportInstanceState',
  'ReportGuests',
  'ClaimInstance',
  'ConfirmClaim',
  'AbortClaim',
  'DropInstance',
  'ShelveOffload',
  'RebuildInstance',
  'AdoptInstance',
  'ForceDrop',
  'ClaimMove',
  'AdvanceMove',
  'ConfirmMove',
  'RevertMove',
  'FailMove',
  'CancelMove',
  'DropMoveClaim',
  'AtomicBatch',
  'RevokeCheckpoint',
] as const satisfies readonly CommandType[];

/** A validated command with its envelope. `issuedAt`: the sender's clock, epoch milliseconds. */
export interface CommandMessage<Body extends Command = Command> {
  readonly commandId: string;
  readonly issuedAt: number;
  readonly correlationId?: string;
  readonly actor: Actor;
  readonly command: Body;
}
