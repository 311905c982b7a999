import type { ChargeLine, LedgerEvent, MoveKind, MoveState, NodeStatus, SideName, SideState } from '@fleetbook/domain';
import type { PastFacts } from '../replies/replies.ts';

/** One of two instants that are compared. */
export interface InstantView extends PastFacts {
  readonly token: string;
}

/** Both sides of something that differs; one is absent where it is not there. */
export interface Difference<Stand> {
  readonly before?: Stand;
  readonly after?: Stand;
}

export interface NodeStand {
  readonly status: NodeStatus['kind'];
  readonly inventoryStatus: 'unknown' | 'reported' | 'stale';
  readonly owner: string;
  readonly incarnation: number;
  readonly claims: number;
  /** Down, and nothing can run there. */
  readonly isFenced?: true;
  readonly isSuspect?: true;
  /** The agent that may register it besides its owner. */
  readonly transferTo?: string;
  /** Since this event it owes a complete guest report. */
  readonly owesReport?: number;
}

export interface ProviderStand {
  readonly parent?: string;
  readonly traits: readonly string[];
  readonly aggregates: readonly string[];
}

export interface ClassStand {
  readonly charged: number;
  readonly capacity: number;
}

export interface NodeDifference extends Difference<NodeStand> {
  readonly node: string;
  /** Those whose figures differ. */
  readonly classes: readonly (Difference<ClassStand> & { readonly class: string })[];
  /** Where the node is there on both sides: those that came, went or have other names. Absent for none. */
  readonly providers?: readonly (Difference<ProviderStand> & { readonly provider: string })[];
}

export interface InventoryStand {
  readonly total: number;
  readonly reserved: number;
  readonly capacity: number;
  readonly isVanished: boolean;
  readonly minUnit?: number;
  readonly maxUnit?: number;
  readonly stepSize?: number;
  readonly allocationRatio?: number;
  /** Where the class names its units. */
  readonly units?: readonly string[];
}

export interface InventoryDifference extends Difference<InventoryStand> {
  readonly node: string;
  readonly provider: string;
  readonly class: string;
}

export interface ClaimStand {
  readonly status: 'unconfirmed' | 'confirmed' | 'releasing' | 'offloaded';
  readonly claimId: string;
  readonly node: string;
  readonly tenant?: string;
  readonly charge: readonly ChargeLine[];
}

export interface ClaimDifference extends Difference<ClaimStand> {
  readonly instance: string;
}

/** An instance that is shelved: it holds nothing. */
export interface ShelvedStand {
  /** Of the claim that it had. */
  readonly claimId: string;
  /** Where it was. */
  readonly node: string;
  readonly tenant?: string;
}

export interface ShelvedDifference extends Difference<ShelvedStand> {
  readonly instance: string;
}

export interface MoveStand {
  readonly kind: MoveKind;
  readonly instance: string;
  readonly source?: string;
  readonly destination: string;
  readonly state: MoveState;
  readonly isError?: true;
  /** What its other side holds, and where; absent when nothing. */
  readonly other?: { readonly node: string; readonly state: SideState };
}

export interface MoveDifference extends Difference<MoveStand> {
  readonly moveId: string;
}

export interface DifferenceCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

export type DifferenceName = 'nodes' | 'inventory' | 'claims' | 'moves';

/** What was made and was over again between the two is no difference. */
export interface DiffAnswer {
  readonly from: InstantView;
  readonly to: InstantView;
  readonly isSame: boolean;
  readonly counts: Readonly<Record<DifferenceName, DifferenceCounts>> & { readonly shelved?: DifferenceCounts };
  /** Each list by id, the first ones. */
  readonly nodes: readonly NodeDifference[];
  readonly inventory: readonly InventoryDifference[];
  /** What is held. */
  readonly claims: readonly ClaimDifference[];
  /** Absent from a service that counts the shelved among the claims. */
  readonly shelved?: readonly ShelvedDifference[];
  readonly moves: readonly MoveDifference[];
}

export interface TimelineEntry {
  readonly event: LedgerEvent;
  /** The figures after it, of a node or provider that it changed. */
  readonly classes?: readonly (ClassStand & { readonly class: string })[];
  /** The instance after it, where it changed: of a timeline of that instance. */
  readonly instance?: {
    readonly status: 'held' | 'offloaded' | 'ended';
    readonly node?: string;
    readonly moveId?: string;
    readonly charge?: readonly ChargeLine[];
    /** Once its release was asked for. */
    readonly becomes?: 'ended' | 'offloaded';
  };
  /** The moves that it changed, after it. */
  readonly moves?: readonly {
    readonly moveId: string;
    readonly kind: MoveKind;
    readonly instance: string;
    readonly state: MoveState;
    readonly isError?: true;
    readonly source?: string;
    readonly destination: string;
  }[];
}

export interface TimelineAnswer {
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[];
  /** Present when there are older ones: ask `before` it. */
  readonly next?: number;
  /** The first event of an incident file, where what is asked for was there before: what happened then is not in it. */
  readonly first?: number;
}

export interface HolderView {
  readonly instance: string;
  readonly tenant?: string;
  /** The claim, or the move whose other side this is. */
  readonly claimId?: string;
  readonly moveId?: string;
  readonly side?: SideName;
  readonly state: 'unconfirmed' | 'confirmed' | SideState;
  readonly provider: string;
  readonly class: string;
  readonly amount: number;
  readonly units?: readonly string[];
}

export interface HoldersAnswer {
  readonly node: string;
  /** By instance, the first 1,000. */
  readonly holders: readonly HolderView[];
  readonly isComplete: boolean;
}
