import type {
  Actor,
  AggregateSetting,
  ChargeLine,
  Claim,
  DriftPolicy,
  Expiry,
  HeldSide,
  InstanceState,
  InventoryStatus,
  LedgerEvent,
  NodeStatus,
  OpenDrift,
  OverlayState,
  PlacementGroup,
  RejectionCode,
  Release,
} from '@fleetbook/domain';
import type { HeldView, RecordedReply } from '../replies/replies.ts';
import type { AttentionAnswer, CountersAnswer } from './attention.ts';
import type { BisectAnswer } from './bisect.ts';
import type { ExplainAnswer } from './explain.ts';
import type { MoveAnswer, MovesAnswer, MoveView } from './moves.ts';
import type { DiffAnswer, HoldersAnswer, TimelineAnswer } from './past.ts';
import type { DigestAnswer, HealthAnswer, MarkAnswer, ProjectionAnswer, WriterAnswer } from './services.ts';
import type { WhatIfAnswer } from './what-if.ts';
import type { WhyNotAnswer } from './why-not.ts';

/** Sums beyond ±(2^53 − 1) as decimal text, by the name of the figure, which is then that bound itself. */
export type ExactSums<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** The figures of one resource class: of one inventory, or summed over several. Safe integers. */
export interface Figures {
  readonly class: string;
  readonly total: number;
  readonly reserved: number;
  /** What claims may use in all: max(0, floor((total − reserved) × ratio)). */
  readonly capacity: number;
  /** Sum of the live charges. */
  readonly charged: number;
  /** reserved + charged. */
  readonly used: number;
  /** total − used; negative when overcommitted. */
  readonly free: number;
  /** capacity − charged; negative when the inventory shrank under its charges. */
  readonly headroom: number;
  readonly exact?: ExactSums<'total' | 'reserved' | 'capacity' | 'charged' | 'used' | 'free' | 'headroom'>;
}

export interface InventoryView extends Figures {
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
  /** Decimal with at most 6 places. */
  readonly allocationRatio: number;
  readonly units?: readonly string[];
  readonly takenUnits: readonly string[];
  /** Left out of the newest report while charged: counted, never offered. */
  readonly isVanished: boolean;
  /** Present when an operator's overlay added it. */
  readonly isOverlay?: true;
}

export interface ProviderView {
  readonly id: string;
  readonly parent?: string;
  readonly traits: readonly string[];
  /** Those of `traits` that an operator's overlay added. */
  readonly overlayTraits?: readonly string[];
  readonly aggregates: readonly string[];
  readonly inventories: readonly InventoryView[];
  readonly isVanished: boolean;
}

interface NodeFacts {
  readonly node: string;
  readonly owner: string;
  readonly incarnation: number;
  readonly status: NodeStatus;
  readonly inventoryStatus: InventoryStatus;
  /** Number of the newest event that changed the node or a charge on it. */
  readonly generation: number;
  readonly claimCount: number;
  /** Sides of moves that hold something here besides the claims. */
  readonly sideCount: number;
  /** Ten builds failed in a row: ranked after every other candidate. */
  readonly isSuspect: boolean;
  /** Present while it owes a complete guest report, taken at this event or later: nothing is claimed there. */
  readonly owesReport?: number;
  /** Per resource class, summed over the providers, by class name. */
  readonly classes: readonly Figures[];
}

export interface PolicyView {
  readonly provider: string;
  readonly class: string;
  readonly reserved?: number;
  readonly allocationRatio?: number;
}

/** An inventory that the overlay adds, as an operator wrote it. */
export interface OverlayInventoryView {
  readonly class: string;
  readonly total: number;
  readonly reserved?: number;
  readonly minUnit?: number;
  readonly maxUnit?: number;
  readonly stepSize?: number;
  readonly allocationRatio?: number;
  readonly units?: readonly string[];
}

export interface OverlayTargetView {
  /** Absent: the default target. */
  readonly provider?: string;
  readonly inventories: readonly OverlayInventoryView[];
  readonly traits?: readonly string[];
}

/** What operators fixed for a node, and what of it has no effect at present. */
export interface SettingsView {
  readonly policies: readonly PolicyView[];
  readonly aggregates: readonly AggregateSetting[];
  readonly overlay: readonly OverlayTargetView[];
  readonly overlayState: OverlayState;
  /** The policy in force: the node's own, or the cell's. */
  readonly driftPolicy: DriftPolicy;
  /** How many charges the next heal may free. */
  readonly mayFree: number;
}

export interface NodeAnswer extends NodeFacts {
  readonly bootId: string;
  /** The agent that may register it besides its owner. */
  readonly transferTo?: string;
  /** Builds that failed in a row. */
  readonly failedBuilds: number;
  /** Root first. */
  readonly providers: readonly ProviderView[];
  /** The first 1,000 by instance id; `claimCount` counts all. */
  readonly held: readonly HeldView[];
  /** The first 1,000 by move id; `sideCount` counts all. */
  readonly sides: readonly HeldSide[];
  readonly settings: SettingsView;
  /** The first 1,000 that are open. */
  readonly drifts: readonly OpenDrift[];
  /** Where the lists are longer than a message of the server may be: how many of each are not there. */
  readonly more?: {
    readonly providers: number;
    readonly held: number;
    readonly sides: number;
    readonly drifts: number;
  };
}

export type NodeSummary = NodeFacts;

export interface NodesAnswer {
  readonly nodes: readonly NodeSummary[];
  /** Present when there are more: the `after` of the next question. */
  readonly next?: string;
}

export interface ClaimView {
  readonly claimId: string;
  readonly node: string;
  readonly status: Claim['status'];
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly claimant: Actor;
  readonly charge: readonly ChargeLine[];
  readonly groups?: readonly PlacementGroup[];
  /** While unconfirmed, where it was claimed with a time to live. */
  readonly expiry?: Expiry;
  /** Its release was asked for by somebody who may not free it. */
  readonly release?: Release;
  /** As its agent last reported it. */
  readonly state?: InstanceState;
}

/** An instance never claimed, or whose claim was aborted or expired, is NOT_FOUND. `move`: its open move. */
export type InstanceAnswer =
  | { readonly instance: string; readonly status: 'held'; readonly claim: ClaimView; readonly move?: MoveView }
  | {
      readonly instance: string;
      /** Shelved: it holds nothing. What is named is of its last claim. */
      readonly status: 'offloaded';
      readonly claimId: string;
      readonly node: string;
      readonly tenant?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly groups?: readonly PlacementGroup[];
      readonly move?: MoveView;
    }
  | { readonly instance: string; readonly status: 'ended' };

export interface ClassCharge {
  readonly class: string;
  readonly charged: number;
  readonly exact?: ExactSums<'charged'>;
}

export type UsageAnswer =
  | {
      readonly scope: 'cell' | 'node' | 'aggregate';
      /** Id of the node or aggregate. */
      readonly id?: string;
      readonly nodes: number;
      readonly claims: number;
      /** By class name. */
      readonly classes: readonly Figures[];
    }
  | {
      readonly scope: 'tenant';
      readonly id: string;
      /** Nodes on which the tenant holds something. */
      readonly nodes: number;
      readonly claims: number;
      readonly classes: readonly ClassCharge[];
    };

/** Why nodes do not serve a request: the decider's rules, or the question's own filters. */
export type NodeReason = RejectionCode | 'FILTERED_BY_TRAIT' | 'FILTERED_BY_AGGREGATE';

/** How many nodes fail by which rule first; the most frequent first. */
export interface ReasonCount {
  readonly reason: NodeReason;
  /** The resource class concerned, where one is. */
  readonly class?: string;
  readonly nodes: number;
}

export interface CapacityGroup {
  /** The traits or aggregates that its nodes have in common, sorted. */
  readonly names: readonly string[];
  readonly nodes: number;
  /** Nodes on which at least one fits. */
  readonly fittingNodes: number;
  /** Nodes that the work limit left untried: one may fit there or not. */
  readonly unprovedNodes: number;
  /** How many of the request fit, one after the other; a request that takes nothing counts once per node. */
  readonly fits: number;
  /** False when `fits` is a lower bound: the work limit ended the count, or it is beyond 2^53 − 1. */
  readonly isComplete: boolean;
}

export interface CapacityAnswer {
  /** Nodes left by the filters, whatever their status; the groups add up to it. */
  readonly nodes: number;
  readonly fittingNodes: number;
  /** Nodes that the work limit left untried; the most that `fittingNodes` may be short of. */
  readonly unprovedNodes: number;
  readonly fits: number;
  /** False when `fits` is a lower bound; each group says so of its own. */
  readonly isComplete: boolean;
  /** The largest `fits` first, then by names. */
  readonly groups: readonly CapacityGroup[];
  readonly reasons: readonly ReasonCount[];
}

export interface Candidate {
  readonly node: string;
  readonly generation: number;
  /** What a claim of the request would be charged at this token. */
  readonly charge: readonly ChargeLine[];
  /** Figures of the requested classes, summed over the node's providers. */
  readonly classes: readonly Figures[];
}

export interface CandidatesAnswer {
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** Nodes of the cell at this token. */
  readonly nodes: number;
  /** False when the work limit ended the search: a node left out may still fit. */
  readonly isComplete: boolean;
  /** Over the whole cell, when no candidate was found; empty otherwise. */
  readonly reasons: readonly ReasonCount[];
}

/**
 * `not-found`: no outcome of this command is recorded up to the answer's token. Outcomes recorded before event
 * `searchedFrom` are older than the cell remembers: they are in the history only.
 */
export type OutcomeAnswer =
  | { readonly status: 'recorded'; readonly reply: RecordedReply }
  | { readonly status: 'not-found'; readonly searchedFrom: number };

export interface HistoryAnswer {
  /** Newest first. */
  readonly events: readonly LedgerEvent[];
  /** Present when there are older ones: the `before` of the next question. */
  readonly next?: number;
  /**
   * `index`: the newest 256 events of a node or instance, the remembered ones of a command. `log`: older ones,
   * looked for in one stretch of the log, which may hold none although `next` says that there is more to look through.
   */
  readonly searched: 'index' | 'log';
}

/** The answer of every query. */
/** The inbox as the ledger knows it; what is in it and not dealt with yet, only the inbox knows. */
export interface InboxAnswer {
  /** Every message up to this sequence has been dealt with; 0 before the first. */
  readonly upTo: number;
  readonly parked: readonly ParkedAnswer[];
}

/** A message that could not be decided and waits for an operator. */
export interface ParkedAnswer {
  readonly sequence: number;
  readonly code: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Present once it is to be decided again. */
  readonly isRetried?: true;
}

export interface QueryAnswers {
  readonly node: NodeAnswer;
  readonly nodes: NodesAnswer;
  readonly instance: InstanceAnswer;
  readonly move: MoveAnswer;
  readonly moves: MovesAnswer;
  readonly attention: AttentionAnswer;
  readonly counters: CountersAnswer;
  readonly usage: UsageAnswer;
  readonly capacity: CapacityAnswer;
  readonly candidates: CandidatesAnswer;
  readonly outcome: OutcomeAnswer;
  readonly history: HistoryAnswer;
  readonly health: HealthAnswer;
  readonly digest: DigestAnswer;
  readonly inbox: InboxAnswer;
  readonly projection: ProjectionAnswer;
  readonly writer: WriterAnswer;
  readonly mark: MarkAnswer;
  readonly diff: DiffAnswer;
  readonly timeline: TimelineAnswer;
  readonly holders: HoldersAnswer;
  readonly explain: ExplainAnswer;
  readonly 'why-not': WhyNotAnswer;
  readonly 'what-if': WhatIfAnswer;
  readonly bisect: BisectAnswer;
}

/** What the writer says of itself on `fleetbook.v1.<cell>.writer`. */
export interface WriterHeartbeat {
  readonly writer: string;
  readonly epoch: number;
  readonly historyId: string;
  /** Its last durable event. */
  readonly number: number;
  readonly hash: string;
  readonly at: number;
  /** Only in its last one: it has left office in order, and this tracker takes over. */
  readonly successor?: string;
}

/** What the writer in office answers on `fleetbook.v1.<cell>.writer.hand-over` once it has left. */
export interface HandOverAnswer {
  readonly writer: string;
  readonly epoch: number;
  readonly successor: string;
}
