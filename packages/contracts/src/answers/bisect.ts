import type { LedgerEvent } from '@fleetbook/domain';
import type { InstantView } from './past.ts';

export interface BisectAnswer {
  /** The end of the decision with which it became true. */
  readonly instant: InstantView;
  /** Of that decision. */
  readonly events: readonly LedgerEvent[];
  /** The figure or count after it, and just before it. */
  readonly value: number;
  readonly before: number;
  /** It was true before `first`, too: nobody can tell from the file since when. */
  readonly wasTrue?: boolean;
  /** The first event of an incident file that begins later than the ledger: counts begin with it. */
  readonly first?: number;
  /** Of a predicate of several terms, in its order; `value` and `before` are of the first that became true. */
  readonly terms?: readonly BisectTerm[];
  /** How many events were looked at one by one; the rest was passed over by what is known of whole segments. */
  readonly examined: number;
}

export interface BisectTerm {
  /** As it was written. */
  readonly term: string;
  readonly before: number;
  readonly value: number;
  /** After the decision. */
  readonly isTrue: boolean;
}
