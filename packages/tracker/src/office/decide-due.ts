import { decideSilence, dueDecisions } from '@fleetbook/domain';
import type { DecideDue } from './timed-decisions.ts';

/** Everything the domain has to say about time. */
export const decideDue: DecideDue = (ledger, { at, electedAt, unheardSince }) => [
  ...dueDecisions(ledger, at, electedAt),
  ...decideSilence(ledger, unheardSince, at),
];
