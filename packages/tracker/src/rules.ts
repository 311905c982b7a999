/** What a tracker looks at before it decides a command, for whoever judges a command of the past as it would have. */
export { checkTime } from './gate/check-time.ts';
export { wantedClaimIds } from './gate/claim-ids.ts';
export { idsOf } from './gate/command-ids.ts';
export { earlierUse } from './gate/earlier-use.ts';
