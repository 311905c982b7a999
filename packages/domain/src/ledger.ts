import type { Actor } from './actor.ts';
import type { DriftPolicy, InstanceState, InventoryPolicy, OverlayTarget } from './command.ts';
import type { OpenDrift } from './drift.ts';
import type { CellPolicies } from './event.ts';
import { HeldIndex, type HeldInstances } from './held-index.ts';
import type { PlacementGroup } from './instance-command.ts';
import { type InstanceRecords, InstanceTable } from './instance-table.ts';
import type { Move } from './move.ts';
import type { NodeCharge } from './node-charge.ts';
import { NodeRecords } from './node-records.ts';
import type { ProviderTree } from './provider-tree.ts';
import type { ChargeLine } from './request.ts';

export type * from './move.ts';

export type NodeStatus =
  | { readonly kind: 'enabled' }
  | { readonly kind: 'disabled'; readonly reason: string }
  | { readonly kind: 'down'; readonly reason: string; readonly fenced: boolean }
  | { readonly kind: 'retired' };

export type InventoryStatus =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'reported'; readonly sequence: number }
  /** The last inventory stays, but nothing new is charged on it. `since`: epoch milliseconds. */
  | { readonly kind: 'stale'; readonly sequence: number; readonly since: number; readonly reason: string };

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
  /** Present when the operator's overlay added it, not a report. */
  readonly isOverlay?: true;
  /** Sum of the live charges. */
  readonly charged: number;
  /** Units held by live charges, in the order of `units`; empty for fungible classes. */
  readonly takenUnits: readonly string[];
}

export interface Provider {
  readonly id: string;
  readonly parent?: string;
  readonly traits: readonly string[];
  /** Those of `traits` that the operator's overlay added; absent when there are none. */
  readonly overlayTraits?: readonly string[];
  readonly aggregates: readonly string[];
  readonly inventories: readonly Inventory[];
  readonly isVanished: boolean;
}

/** The aggregates an operator set for a provider. */
export interface AggregateSetting {
  readonly provider: string;
  readonly aggregates: readonly string[];
}

/** What operators fixed for a node; each list is absent while it is empty and sorted by provider and class. */
export interface NodeSettings {
  readonly policies?: readonly InventoryPolicy[];
  readonly aggregates?: readonly AggregateSetting[];
  readonly overlay?: readonly OverlayTarget[];
}

export interface Node extends NodeSettings {
  readonly id: string;
  /** Id of the agent that registered it. */
  readonly owner: string;
  readonly bootId: string;
  /** Every boot id seen, oldest first, the current one last. */
  readonly bootIds: readonly string[];
  readonly incarnation: number;
  readonly status: NodeStatus;
  readonly inventoryStatus: InventoryStatus;
  readonly tree: ProviderTree;
  /** Number of live claims on it. */
  readonly claimCount: number;
  /** Number of the newest event that changed this node or a charge on it. */
  readonly generation: number;
  /** The agent that may register this node besides its owner. */
  readonly transferTo?: string;
  /** Failed builds in a row; absent when the last one succeeded. */
  readonly failedBuilds?: number;
  /** Absent when none is open; sorted by instance, kind and move. */
  readonly drifts?: readonly OpenDrift[];
  /**
   * Present while the node owes a complete report of its guests, taken at this event or later: until then it may hold
   * what the ledger has lost, and nothing new is claimed there.
   */
  readonly owesReport?: number;
  /** Absent: the cell's. */
  readonly driftPolicy?: { readonly policy: DriftPolicy; readonly mayFree?: number };
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
  readonly groups?: readonly PlacementGroup[];
  /** Present while unconfirmed, when the claim was made with a time to live. */
  readonly expiry?: Expiry;
  /** Present once somebody without the right to free the charge asked for it; it counts in full until then. */
  readonly release?: Release;
  /** As its agent last reported it; absent before the first report. */
  readonly state?: InstanceState;
}

export interface Expiry {
  readonly ttlMs: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface Release {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly requestedBy: Actor;
  /** What the instance becomes when its charge is freed. */
  readonly becomes: 'ended' | 'offloaded';
}

interface InstanceRecord {
  readonly id: string;
  /** Number of the newest event that changed it, reports of its state apart; `evolve` sets it for every event. */
  readonly touchedAt?: number;
}

/** `moveId`: its open move. */
export interface HeldRecord extends InstanceRecord {
  readonly status: 'held';
  readonly claim: Claim;
  readonly moveId?: string;
}

/** Shelved: it holds nothing, and keeps its identity. What it names is of its last claim. */
export interface OffloadedRecord extends InstanceRecord {
  readonly status: 'offloaded';
  readonly claimId: string;
  readonly node: string;
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly claimant: Actor;
  readonly groups?: readonly PlacementGroup[];
  readonly moveId?: string;
}

export interface EndedRecord extends InstanceRecord {
  readonly status: 'ended';
}

export type Instance = HeldRecord | OffloadedRecord | EndedRecord;

/** Where a history ended and the next began, because events of the log were lost for good. */
export interface HistoryFork {
  /** The history that ended. */
  readonly from: string;
  /** The history that goes on. */
  readonly newHistoryId: string;
  /** The last event of `from` that is still there. */
  readonly keptTo: number;
  /** The last event of `from` that is known to have been acknowledged; `keptTo` when none is missing. */
  readonly lostTo: number;
}

/** A message of the inbox that could not be decided. Its bytes stay in the inbox. */
export interface ParkedMessage {
  readonly sequence: number;
  /** Of the error catalogue. */
  readonly code: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Present once an operator asked for it to be decided again. */
  readonly isRetried?: true;
}

/** How far the durable inbox of commands has been worked off. */
export interface InboxState {
  /** Every message up to this sequence has been decided, passed or parked. */
  readonly upTo: number;
  /** By sequence. */
  readonly parked: readonly ParkedMessage[];
}

/** The cell's own facts. */
export interface Cell {
  readonly cell: string;
  readonly historyId: string;
  readonly formatVersion: number;
  readonly policies: CellPolicies;
  readonly epoch: number;
  readonly writer: string;
  /** Oldest first; absent while the log is of one history. */
  readonly forks?: readonly HistoryFork[];
  /** Absent until a command came through the inbox. */
  readonly inbox?: InboxState;
}

/**
 * The folded state: containers that `install` changes, records that nobody changes.
 * `providerNode`, `heldBy`, `driftsOf`, `sidesOn`, `expiring` and `finished` are indexes derived from the tables.
 */
export interface Ledger {
  cell: Cell | undefined;
  readonly nodes: NodeRecords;
  readonly instances: InstanceRecords;
  /** Provider id to the node it belongs to: provider ids are unique in the cell. */
  readonly providerNode: Map<string, string>;
  /** By node id the ids of the instances held there. */
  readonly heldBy: HeldInstances;
  /** Instance id to the ids of the nodes that have an open drift about it. */
  readonly driftsOf: Map<string, Set<string>>;
  /** Closed moves included. */
  readonly moves: Map<string, Move>;
  /** Node id to the ids of the moves whose other side is there. */
  readonly sidesOn: Map<string, Set<string>>;
  /** Second of expiry (epoch) to the ids of the instances whose unconfirmed claims expire in it. */
  readonly expiring: Map<number, Set<string>>;
  /** Second (epoch) to the ids of the moves that got `finished` in it and still are, without an error. */
  readonly finished: Map<number, Set<string>>;
}

export interface NodeReplacement {
  readonly table: 'nodes';
  readonly key: string;
  readonly before: Node | undefined;
  readonly after: Node | undefined;
}

/** Replacement of one record: `before` undefined = new, `after` undefined = removed. */
export type Change =
  | { readonly table: 'cell'; readonly before: Cell | undefined; readonly after: Cell | undefined }
  | NodeReplacement
  | NodeCharge
  | {
      readonly table: 'instances';
      readonly key: string;
      readonly before: Instance | undefined;
      readonly after: Instance | undefined;
    }
  | {
      readonly table: 'moves';
      readonly key: string;
      readonly before: Move | undefined;
      readonly after: Move | undefined;
    };

/** The tables to use are empty ones by themselves; what they hold already, their owner tells the indexes of. */
export const emptyLedger = (
  instances: InstanceRecords = new InstanceTable(),
  nodes: NodeRecords = new NodeRecords(),
): Ledger => {
  return {
    cell: undefined,
    nodes,
    instances,
    providerNode: new Map(),
    heldBy: instances instanceof InstanceTable ? instances.held : new HeldIndex(instances),
    driftsOf: new Map(),
    moves: new Map(),
    sidesOn: new Map(),
    expiring: new Map(),
    finished: new Map(),
  };
};
