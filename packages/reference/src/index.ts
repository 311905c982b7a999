export type { ReferenceEvent } from './event.ts';
export { foldReference } from './fold.ts';
export { referenceDigest, referenceRecords } from './records.ts';
export type { ReferenceState } from './state.ts';
export { referenceViolations } from './violations.ts';
