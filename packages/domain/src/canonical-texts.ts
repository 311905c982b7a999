/** What it takes to write saved records as canonical texts: a thread that does nothing else begins with loading it. */
export { recordsOf } from './canonical.ts';
export { chargeText, claimantText, claimText, endedText } from './canonical-instances.ts';
export { ENDED, OTHER, UNCONFIRMED } from './instance-rows.ts';
export type * from './ledger.ts';
