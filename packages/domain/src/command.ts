import type { Actor } from './actor.ts';
import type { ChargeLine, ResourceRequest } from './request.ts';

/** The client program that sent a command: for people reading the log, never judged. */
export interface Origin {
  readonly client: string;
  readonly version: string;
  readonly host: string;
}

interface CommandBase {
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

/** The whole provider tree of a node, as its agent sees it. `sequence` orders reports within an incarnation. */
export interface ReportInventory extends CommandBase {
  readonly type: 'ReportInventory';
  readonly node: string;
  readonly incarnation: number;
  readonly sequence: number;
  readonly mode: 'full';
  readonly providers: readonly ReportedProvider[];
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

/** Exactly one of `request` (the ledger chooses providers) and `charge` (allocations named outright) is present. */
export interface ClaimInstance extends CommandBase {
  readonly type: 'ClaimInstance';
  readonly node: string;
  readonly instance: string;
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly request?: ResourceRequest;
  readonly charge?: readonly ChargeLine[];
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

export interface DropInstance extends ClaimCommand {
  readonly type: 'DropInstance';
}

/** Every command of the ledger, validated. Field order is the order in which it is stored. */
export type Command =
  | RegisterNode
  | ReportInventory
  | EnableNode
  | DisableNode
  | RetireNode
  | ClaimInstance
  | ConfirmClaim
  | AbortClaim
  | DropInstance;

export type CommandType = Command['type'];

export const COMMAND_TYPES = [
  'RegisterNode',
  'ReportInventory',
  'EnableNode',
  'DisableNode',
  'RetireNode',
  'ClaimInstance',
  'ConfirmClaim',
  'AbortClaim',
  'DropInstance',
] as const satisfies readonly CommandType[];

/** A validated command with its envelope. `issuedAt`: the sender's clock, epoch milliseconds. */
export interface CommandMessage<Body extends Command = Command> {
  readonly commandId: string;
  readonly issuedAt: number;
  readonly correlationId?: string;
  readonly actor: Actor;
  readonly command: Body;
}
