import type { HighWaterMark } from '../high-water-mark.ts';
import type { StorageFacts } from './storage.ts';

export type HealthStatus = 'green' | 'yellow' | 'red';

export interface HealthCheck {
  readonly name: string;
  readonly status: HealthStatus;
  /** What is wrong, for people; absent when green. */
  readonly reason?: string;
}

export interface HealthAnswer {
  readonly service: string;
  readonly version: string;
  /** Version of these messages. */
  readonly contractVersion: string;
  readonly pid: number;
  readonly cell: string;
  /** The worst of the checks. */
  readonly status: HealthStatus;
  readonly checks: readonly HealthCheck[];
  readonly historyId: string;
  /** The last event folded. */
  readonly number: number;
  readonly startedAt: number;
  readonly log: 'memory' | 'jetstream' | 'eventstoredb';
  readonly durability: 'verified' | 'unverified';
  /** Of a tracker. */
  readonly storage?: StorageFacts;
  /** Of a projector that keeps an archive: the last event in it, and how many of the log's are not in it yet. */
  readonly archive?: { readonly number: number; readonly lagEvents: number };
}

export interface DigestAnswer {
  readonly view: 'inventory';
  readonly digestVersion: number;
  readonly historyId: string;
  readonly number: number;
  /** 32 lower-case hex digits. */
  readonly digest: string;
}

/** Of one projector of the cell; each of them answers. */
export interface ProjectionAnswer extends HealthAnswer {
  /** Tells its process from others of its kind. */
  readonly id: string;
  /** Whether it takes its share of the questions. */
  readonly isServing: boolean;
  /** How long the log has been ahead of it, milliseconds; 0 when it is not. */
  readonly lagMs: number;
  /** Events known to be in the log and not folded yet. */
  readonly lagEvents: number;
  /** Version of what it folds by: a checkpoint of another one is not used. */
  readonly foldVersion: number;
  readonly digestVersion: number;
  /** Of its inventory at `number`. */
  readonly digest: string;
  /** Absent while nothing is saved: a start would begin with the first event. */
  readonly checkpoint?: {
    /** The last event in it. */
    readonly number: number;
    /** Time of that event, epoch milliseconds. */
    readonly at: number;
  };
}

/** What each projector answers on `fleetbook.v1.<cell>.projection.rebuild`. */
export interface RebuildAnswer {
  /** As in `ProjectionAnswer`. */
  readonly id: string;
  /** Whether another process is started in its place; otherwise that is left to who started it. */
  readonly isReplaced: boolean;
}

/** Asked from the tracker in office. */
export interface WriterAnswer extends HealthAnswer {
  readonly writer: string;
  readonly epoch: number;
  /** Of the newest commit that was durable when asked, 64 lower-case hex digits: it ends at `number` or before. */
  readonly hash: string;
  readonly digest: string;
  readonly digestVersion: number;
  /** Since this one took office. */
  readonly commands: { readonly accepted: number; readonly refused: number; readonly unchanged: number };
}

/** Of one service of the cell; each of them answers. */
export interface MarkAnswer {
  readonly service: 'tracker' | 'projector';
  /** Tells its process from others of its kind. */
  readonly id: string;
  /** Absent while it knows of no commit. */
  readonly mark?: HighWaterMark;
  /** Only of a tracker that takes no office though nobody holds it: why, for people. */
  readonly waitsFor?: string;
}
