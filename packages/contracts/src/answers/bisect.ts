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
  /** How many events were looked at one by one; the rest was passed over by what is known of whole segments. */
  readonly examined: number;
}
