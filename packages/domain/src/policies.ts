import type { CellPolicies } from './event.ts';
import type { Ledger } from './ledger.ts';

/** What holds until the cell is configured, and what a new cell is configured with unless told otherwise. */
export const DEFAULT_POLICIES: CellPolicies = {
  outcomeRetentionMs: 600_000,
  clockSkewMs: 5_000,
  fitWorkLimit: 100_000,
};

export const policiesOf = (ledger: Ledger): CellPolicies => ledger.cell?.policies ?? DEFAULT_POLICIES;
