import type { LiveQueryOptions, QueryOptions } from './bodies.ts';

/** What differs between two instants, from the one to the other; either may be the earlier one. */
export interface DiffQuery extends LiveQueryOptions {
  readonly from: string;
  readonly to: string;
  /** Only what concerns this node. */
  readonly node?: string;
  /** Only the claims and moves of this tenant. */
  readonly tenant?: string;
  /** Of each list: 1 to 1,000; default 100. The counts are of everything. */
  readonly limit?: number;
}

/** Exactly one of `node`, `instance`, `move`, `provider` and `command` (a command id). */
export interface TimelineQuery extends QueryOptions {
  readonly node?: string;
  readonly instance?: string;
  readonly move?: string;
  readonly provider?: string;
  readonly command?: string;
  /** 1 to 1,000; default 100: the newest that are asked for. */
  readonly limit?: number;
  /** Only events before this number: the `next` of the answer before. */
  readonly before?: number;
  /** Only events after this number. */
  readonly after?: number;
}

/** Who holds what on a node. */
export interface HoldersQuery extends QueryOptions {
  readonly node: string;
  /** Only of this class, unit or provider. */
  readonly what?: string;
}
