import type { Actor } from './actor.ts';
import type { CellPolicies } from './event.ts';
import type { ChargeLine } from './request.ts';

export type NodeStatus =
  | { readonly kind: 'enabled' }
  | { readonly kind: 'disabled'; readonly reason: string }
  | { readonly kind: 'retired' };

export type InventoryStatus = { readonly kind: 'unknown' } | { readonly kind: 'reported'; readonly sequence: number };

/** One resource class of one provider. Amounts are safe integers. */
export interface Inventory {
  readonly class: string;
  readonly total: number;
  readonly reserved: number;
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
  readonly allocationRatioMillionths: number;
  /** Present when the class names its units here; shorter ids first, then by code unit. */
  readonly units?: readonly string[];
  /** Max(0, floor((total − reserved) × ratio)); 0 when vanished. Derived when the inventory is set. */
  readonly capacity: number;
  /** Left out of the newest report while something is charged on it: kept, counted, never offered. */
  readonly isVanished: boolean;
  /** Sum of the live charges. */
  readonly charged: number;
  /** Units held by live charges, in the order of `units`; empty for fungible classes. */
  readonly takenUnits: readonly string[];
}

export interface Provider {
  readonly id: string;
  readonly parent?: string;
  readonly traits: readonly string[];
  readonly aggregates: readonly string[];
  readonly inventories: readonly Inventory[];
  readonly isVanished: boolean;
}

export interface Node {
  readonly id: string;
  /** Id of the agent that registered it. */
  readonly owner: string;
  readonly bootId: string;
  /** Every boot id seen, oldest first, the current one last. */
  readonly bootIds: readonly string[];
  readonly incarnation: number;
  readonly status: NodeStatus;
  readonly inventoryStatus: InventoryStatus;
  /** Root first, then by id (shorter first, then by code unit); vanished ones last. */
  readonly providers: readonly Provider[];
  /** Number of live claims on it. */
  readonly claimCount: number;
  /** Number of the newest event that changed this node or a charge on it. */
  readonly generation: number;
}

export interface Claim {
  /** The id of the command that made it. */
  readonly claimId: string;
  readonly node: string;
  readonly status: 'unconfirmed' | 'confirmed';
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly claimant: Actor;
  /** JSON text of the request or charge asked for: an equal claim is answered, not charged again. */
  readonly requestText: string;
  readonly charge: readonly ChargeLine[];
}

export type Instance =
  | { readonly status: 'held'; readonly id: string; readonly claim: Claim }
  | { readonly status: 'ended'; readonly id: string };

/** The cell's own facts. */
export interface Cell {
  readonly cell: string;
  readonly historyId: string;
  readonly formatVersion: number;
  readonly policies: CellPolicies;
  readonly epoch: number;
  readonly writer: string;
}

/**
 * The folded state: containers that `install` changes, records that nobody changes.
 * `providerNode` and `heldBy` are indexes derived from the two tables.
 */
export interface Ledger {
  cell: Cell | undefined;
  readonly nodes: Map<string, Node>;
  readonly instances: Map<string, Instance>;
  /** Provider id to the node it belongs to: provider ids are unique in the cell. */
  readonly providerNode: Map<string, string>;
  /** Node id to the ids of the instances held there. */
  readonly heldBy: Map<string, Set<string>>;
}

/** Replacement of one record: `before` undefined = new, `after` undefined = removed. */
export type Change =
  | { readonly table: 'cell'; readonly before: Cell | undefined; readonly after: Cell | undefined }
  | {
      readonly table: 'nodes';
      readonly key: string;
      readonly before: Node | undefined;
      readonly after: Node | undefined;
    }
  | {
      readonly table: 'instances';
      readonly key: string;
      readonly before: Instance | undefined;
      readonly after: Instance | undefined;
    };

export const emptyLedger = (): Ledger => ({
  cell: undefined,
  nodes: new Map(),
  instances: new Map(),
  providerNode: new Map(),
  heldBy: new Map(),
});
