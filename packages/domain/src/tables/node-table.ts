import type { CommandType } from '../command.ts';
import type { InventoryStatus, NodeStatus } from '../ledger.ts';
import { reach, refuse, type StateTable, type Transition, UNCHANGED } from './transition.ts';

export type NodeState = NodeStatus['kind'];

/** Commands that leave the status as it is, in every status but `retired`. */
type NodeFactType = Extract<
  CommandType,
  | 'RegisterNode'
  | 'ReportInventory'
  | 'TransferNode'
  | 'SetInventoryPolicy'
  | 'SetAggregates'
  | 'SetOverlay'
  | 'SetDriftPolicy'
  | 'Reshape'
  | 'ReportBuildResult'
  | 'ReportInstanceState'
  | 'ReportGuests'
>;

export type NodeCommandType =
  | NodeFactType
  | Extract<CommandType, 'EnableNode' | 'DisableNode' | 'MarkNodeDown' | 'RetireNode' | 'ClaimInstance'>;

const allFacts = (cell: Transition<NodeState>): Readonly<Record<NodeFactType, Transition<NodeState>>> => ({
  RegisterNode: cell,
  ReportInventory: cell,
  TransferNode: cell,
  SetInventoryPolicy: cell,
  SetAggregates: cell,
  SetOverlay: cell,
  SetDriftPolicy: cell,
  Reshape: cell,
  ReportBuildResult: cell,
  ReportInstanceState: cell,
  ReportGuests: cell,
});

/**
 * The node's status. `down` ends by the operator's word only: a host that returns registers, which takes `fenced`
 * back, and stays down until it is enabled. DisableNode and MarkNodeDown that say what is recorded already, and
 * RegisterNode with the current boot id, change nothing.
 * Releases (AbortClaim, DropInstance) and ConfirmClaim are allowed in every status.
 */
export const NODE_TABLE: StateTable<NodeState, NodeCommandType> = {
  enabled: {
    ...allFacts(reach('enabled')),
    EnableNode: UNCHANGED,
    DisableNode: reach('disabled'),
    MarkNodeDown: reach('down'),
    RetireNode: reach('retired'),
    ClaimInstance: reach('enabled'),
  },
  disabled: {
    ...allFacts(reach('disabled')),
    EnableNode: reach('enabled'),
    DisableNode: reach('disabled'),
    MarkNodeDown: reach('down'),
    RetireNode: reach('retired'),
    ClaimInstance: refuse('NODE_DISABLED'),
  },
  down: {
    ...allFacts(reach('down')),
    EnableNode: reach('enabled'),
    DisableNode: reach('disabled'),
    MarkNodeDown: reach('down'),
    RetireNode: reach('retired'),
    ClaimInstance: refuse('NODE_DOWN'),
  },
  retired: {
    ...allFacts(refuse('NODE_RETIRED')),
    EnableNode: refuse('NODE_RETIRED'),
    DisableNode: refuse('NODE_RETIRED'),
    MarkNodeDown: refuse('NODE_RETIRED'),
    RetireNode: UNCHANGED,
    ClaimInstance: refuse('NODE_RETIRED'),
  },
};

/**
 * What the inventory status is asked: a report that states totals, one that cannot (`Unsupported`), the writer's
 * timer when reports stay out (`Silence`), a claim.
 */
export type InventoryInput = 'ReportInventory' | 'Unsupported' | 'Silence' | 'ClaimInstance';

/** The node's inventory status. `Unsupported` with the reason already recorded changes nothing. */
export const INVENTORY_TABLE: StateTable<InventoryStatus['kind'], InventoryInput> = {
  unknown: {
    ReportInventory: reach('reported'),
    Unsupported: UNCHANGED,
    Silence: UNCHANGED,
    ClaimInstance: refuse('INVENTORY_UNKNOWN'),
  },
  reported: {
    ReportInventory: reach('reported'),
    Unsupported: reach('stale'),
    Silence: reach('stale'),
    ClaimInstance: reach('reported'),
  },
  stale: {
    ReportInventory: reach('reported'),
    Unsupported: reach('stale'),
    Silence: UNCHANGED,
    ClaimInstance: refuse('INVENTORY_STALE'),
  },
};
