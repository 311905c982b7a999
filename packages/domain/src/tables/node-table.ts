import type { CommandType } from '../command.ts';
import type { InventoryStatus, NodeStatus } from '../ledger.ts';
import { reach, refuse, type StateTable, UNCHANGED } from './transition.ts';

export type NodeCommandType = Extract<
  CommandType,
  'RegisterNode' | 'ReportInventory' | 'EnableNode' | 'DisableNode' | 'RetireNode' | 'ClaimInstance'
>;

/**
 * The node's status. A re-registration, a report and a claim leave the status as it is.
 * DisableNode with the reason already recorded, and RegisterNode with the current boot id, change nothing.
 * Releases (AbortClaim, DropInstance) and ConfirmClaim are allowed in every status.
 */
export const NODE_TABLE: StateTable<NodeStatus['kind'], NodeCommandType> = {
  enabled: {
    RegisterNode: reach('enabled'),
    ReportInventory: reach('enabled'),
    EnableNode: UNCHANGED,
    DisableNode: reach('disabled'),
    RetireNode: reach('retired'),
    ClaimInstance: reach('enabled'),
  },
  disabled: {
    RegisterNode: reach('disabled'),
    ReportInventory: reach('disabled'),
    EnableNode: reach('enabled'),
    DisableNode: reach('disabled'),
    RetireNode: reach('retired'),
    ClaimInstance: refuse('NODE_DISABLED'),
  },
  retired: {
    RegisterNode: refuse('NODE_RETIRED'),
    ReportInventory: refuse('NODE_RETIRED'),
    EnableNode: refuse('NODE_RETIRED'),
    DisableNode: refuse('NODE_RETIRED'),
    RetireNode: UNCHANGED,
    ClaimInstance: refuse('NODE_RETIRED'),
  },
};

/** The node's inventory status. */
export const INVENTORY_TABLE: StateTable<InventoryStatus['kind'], 'ReportInventory' | 'ClaimInstance'> = {
  unknown: { ReportInventory: reach('reported'), ClaimInstance: refuse('INVENTORY_UNKNOWN') },
  reported: { ReportInventory: reach('reported'), ClaimInstance: reach('reported') },
};
