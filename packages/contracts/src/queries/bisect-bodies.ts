import type { QueryOptions } from './bodies.ts';

/** Where something became true first, up to `asOf`. */
export interface BisectQuery extends QueryOptions {
  /** At most 512 characters; see `parsePredicate`. */
  readonly predicate: string;
}
