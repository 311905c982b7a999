import type { MoveKind, ResourceRequest, TraitDemand } from '@fleetbook/domain';
import type { SenderRole } from '../subjects.ts';
import { ATTENTION_KINDS, type AttentionKind } from '../vocabulary.ts';
import type { BisectQuery } from './bisect-bodies.ts';
import type { ExplainQuery, WhyNotQuery } from './explain-bodies.ts';
import type { DiffQuery, HoldersQuery, TimelineQuery } from './past-bodies.ts';
import type { WhatIfQuery } from './what-if-bodies.ts';

/** Every query may ask for an answer at least as new as a token, and say how long it may wait for it. */
export interface LiveQueryOptions {
  /** `<historyId>.<number>`. */
  readonly atLeast?: string;
  /** How long the answer may take, milliseconds; afterwards PROJECTION_BEHIND. Default 2,000. */
  readonly deadlineMs?: number;
}

/** Every query about what the log says may be asked of an instant of the past. */
export interface QueryOptions extends LiveQueryOptions {
  /**
   * An event number, an RFC 3339 time, a duration that is always ago (`15m`), `command:<id>` (just before it) or
   * `after:command:<id>`: answered as of the end of the decision there. Without it, now.
   */
  readonly asOf?: string;
}

export const DEFAULT_QUERY_DEADLINE_MS = 2_000;

export interface NodeQuery extends QueryOptions {
  readonly node: string;
}

export interface NodesQuery extends QueryOptions {
  readonly status?: 'enabled' | 'disabled' | 'down' | 'retired';
  /** A trait that some provider of the node has. */
  readonly trait?: string;
  /** An aggregate that some provider of the node is in. */
  readonly aggregate?: string;
  /** 1 to 1,000; default 100. Nodes come in the order of their ids, by code unit. */
  readonly limit?: number;
  /** Only nodes after this id: the `next` of the answer before. */
  readonly after?: string;
}

export interface InstanceQuery extends QueryOptions {
  readonly instance: string;
}

export interface MoveQuery extends QueryOptions {
  readonly moveId: string;
}

export interface MovesQuery extends QueryOptions {
  /** Source or destination. */
  readonly node?: string;
  readonly instance?: string;
  readonly kind?: MoveKind;
  /** `charged`: closed ones that left a side charged. Default `open`. */
  readonly status?: 'open' | 'charged' | 'all';
  /** 1 to 1,000; default 100. Moves come in the order of their ids, by code unit. */
  readonly limit?: number;
  /** Only moves after this id: the `next` of the answer before. */
  readonly after?: string;
}

/** What a cell is asked for unless kinds are named: open moves and unconfirmed claims are ordinary. */
export const DEFAULT_ATTENTION_KINDS: readonly AttentionKind[] = ATTENTION_KINDS.filter(
  (kind) => kind !== 'move-open' && kind !== 'unconfirmed',
);

export interface AttentionQuery extends QueryOptions {
  /** Default: `DEFAULT_ATTENTION_KINDS`. */
  readonly kinds?: readonly AttentionKind[];
  readonly node?: string;
  /** Only what has been so for at least as long; what has no `since` is left out then. */
  readonly olderThanMs?: number;
  /** Of unconfirmed claims, only those that expire within this time. */
  readonly withinMs?: number;
  /** 1 to 1,000; default 100. By kind in the order of `ATTENTION_KINDS`, then by node, then by what it is about. */
  readonly limit?: number;
  /** The `next` of the answer before. */
  readonly after?: string;
}

/** Of the whole cell, or of what exactly one names. */
export interface CountersQuery extends QueryOptions {
  readonly node?: string;
  readonly tenant?: string;
}

/** Of the whole cell, or of what exactly one of the three names. */
export interface UsageQuery extends QueryOptions {
  readonly node?: string;
  readonly tenant?: string;
  readonly aggregate?: string;
}

/** Which nodes a question is about, besides what the request itself demands. */
export interface NodeFilter {
  /** Judged on the union of the traits of the node's providers. */
  readonly traits?: TraitDemand;
  /** In at least one of these. */
  readonly aggregates?: readonly string[];
}

export interface CapacityQuery extends QueryOptions, NodeFilter {
  readonly request: ResourceRequest;
  /** Nodes whose providers have the same traits, or are in the same aggregates, are one group. Default `traits`. */
  readonly groupBy?: 'traits' | 'aggregates';
  /** Upper bound of search steps over all nodes. */
  readonly workLimit?: number;
}

export interface CandidatesQuery extends QueryOptions, NodeFilter {
  readonly request: ResourceRequest;
  /** 1 to 1,000; default 10. */
  readonly limit?: number;
  /** `pack`: fullest nodes first; `spread`: emptiest first. Default `pack`. */
  readonly strategy?: 'pack' | 'spread';
  /** Shuffles nodes that are equally good: 0 to 2^32 − 1. Without it, the order of ids. */
  readonly seed?: number;
  /** Upper bound of search steps over all nodes. */
  readonly workLimit?: number;
}

/** Command ids are scoped by who sent them. */
export interface OutcomeQuery extends QueryOptions {
  readonly commandId: string;
  readonly role: SenderRole;
  readonly actor: string;
}

/** Exactly one of `node`, `instance`, `move` (a move id) and `command` (a command id). */
export interface HistoryQuery extends QueryOptions {
  readonly node?: string;
  readonly instance?: string;
  readonly move?: string;
  readonly command?: string;
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
  /** Only events before this number: the `next` of the answer before. */
  readonly before?: number;
}

export type HealthQuery = LiveQueryOptions;
export type DigestQuery = QueryOptions;
/** What became of the commands that were put aside to be decided later. */
export type InboxQuery = QueryOptions;
/** Answered at once by every projector, whatever `atLeast` says. */
export type ProjectionQuery = LiveQueryOptions;
export type WriterQuery = LiveQueryOptions;
/** Answered at once, whatever `atLeast` says. */
export type MarkQuery = LiveQueryOptions;

/** The validated body of every query. */
export interface QueryBodies {
  readonly node: NodeQuery;
  readonly nodes: NodesQuery;
  readonly instance: InstanceQuery;
  readonly move: MoveQuery;
  readonly moves: MovesQuery;
  readonly attention: AttentionQuery;
  readonly counters: CountersQuery;
  readonly usage: UsageQuery;
  readonly capacity: CapacityQuery;
  readonly candidates: CandidatesQuery;
  readonly outcome: OutcomeQuery;
  readonly history: HistoryQuery;
  readonly health: HealthQuery;
  readonly digest: DigestQuery;
  readonly inbox: InboxQuery;
  readonly projection: ProjectionQuery;
  readonly writer: WriterQuery;
  readonly mark: MarkQuery;
  readonly diff: DiffQuery;
  readonly timeline: TimelineQuery;
  readonly holders: HoldersQuery;
  readonly explain: ExplainQuery;
  readonly 'why-not': WhyNotQuery;
  readonly 'what-if': WhatIfQuery;
  readonly bisect: BisectQuery;
}
