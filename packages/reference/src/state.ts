import type { ChargeLine } from './event.ts';

export interface ReferenceInventory {
  readonly class: string;
  readonly total: number;
  readonly reserved: number;
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
  readonly allocationRatioMillionths: number;
  readonly units: readonly string[];
  /** Left out of the newest report while charged: it has no capacity, and goes with its last charge. */
  readonly isVanished: boolean;
}

export interface ReferenceProvider {
  readonly id: string;
  readonly parent: string;
  readonly traits: readonly string[];
  readonly aggregates: readonly string[];
  /** Left out of the newest report; it goes with its last inventory. */
  readonly isVanished: boolean;
  readonly inventories: readonly ReferenceInventory[];
}

export interface ReferenceClaim {
  readonly claimId: string;
  readonly instance: string;
  readonly node: string;
  status: 'unconfirmed' | 'confirmed';
  readonly tenant: string;
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly claimant: { readonly role: string; readonly id: string };
  readonly requestText: string;
  readonly charge: readonly ChargeLine[];
}

export interface ReferenceNode {
  readonly id: string;
  readonly owner: string;
  incarnation: number;
  bootId: string;
  /** Every boot id it ever had, the current one last. */
  readonly bootIds: string[];
  status: 'enabled' | 'disabled' | 'retired';
  reason: string;
  inventoryStatus: 'unknown' | 'reported';
  /** Of the newest report of this incarnation; 0 when there is none. */
  sequence: number;
  providers: ReferenceProvider[];
  /** The live ones, oldest first. */
  claims: ReferenceClaim[];
  /** The charge lines of those claims, by provider and class. */
  readonly lines: Map<string, ChargeLine[]>;
}

export interface ReferenceState {
  cell: { readonly name: string; readonly historyId: string } | undefined;
  epoch: number;
  /** Number of the last event folded. */
  number: number;
  readonly nodes: Map<string, ReferenceNode>;
  readonly claims: Map<string, ReferenceClaim>;
  readonly ended: Set<string>;
  /** What the events broke at the time, in their order. */
  readonly violations: string[];
}

export function emptyState(): ReferenceState {
  return {
    cell: undefined,
    epoch: 0,
    number: 0,
    nodes: new Map(),
    claims: new Map(),
    ended: new Set(),
    violations: [],
  };
}
