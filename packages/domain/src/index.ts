export type { Actor, Role } from './actor.ts';
export { isSameActor, ROLES } from './actor.ts';
export * from './arithmetic.ts';
export { auditOf, findDrifts, isSkipped as isSkippedByAudit } from './audit/find-drifts.ts';
export { driftPolicyOf, freeLimitOf } from './audit/heal.ts';
export { decideSilence, silenceLimitMs } from './audit/silence.ts';
export {
  type CandidateResult,
  chargeOfCandidate,
  explainFleet,
  type FleetExplanation,
  judgeCandidate,
  judgeCandidateInTurns,
} from './candidates.ts';
export { canonicalRecords, type RecordDifference, recordDifference, recordsOf } from './canonical.ts';
export { chargeText, claimantText, claimText, endedText } from './canonical-instances.ts';
export type * from './command.ts';
export { COMMAND_TYPES } from './command.ts';
export { countersOf, ioLoadOf, type NodeCounters } from './counters.ts';
export { closedBy } from './decide/claim.ts';
export { decide } from './decide/decide.ts';
export { dueDecisions } from './decide/due.ts';
export type { InventoryFault, InventoryRule } from './decide/inventory-faults.ts';
export type { OverlayFault, OverlayRule } from './decide/overlay-faults.ts';
export { releaseRight } from './decide/release-right.ts';
export type * from './decision.ts';
export { type DrainStep, planDrain } from './drain-plan.ts';
export type * from './drift.ts';
export { DRIFT_KINDS } from './drift.ts';
export type * from './event.ts';
export { partId, partsOfBatch } from './evolve/batch-parts.ts';
export { apply, evolve } from './evolve/evolve.ts';
export { MAX_PARKED } from './evolve/evolve-inbox.ts';
export { type InstancePlace, install, installPlace, placeOf, revert } from './evolve/install.ts';
export { withInternedClasses } from './evolve/intern.ts';
export { mergeReport } from './evolve/merge-report.ts';
export { fitAdoption } from './fit/adoption.ts';
export { figuresOf } from './fit/figures.ts';
export { fitDemand, fitPrepared, type PreparedDemand, prepareDemand, refusalOf } from './fit/fit.ts';
export { offeredOf } from './fit/judge.ts';
export { countRepeats } from './fit/repeats.ts';
export { type BrokenRule, type Demand, FIT_RULES, type FitResult, type FitRule } from './fit/result.ts';
export type { Turns } from './fit/turns.ts';
export { nodeWithout } from './fit/without.ts';
export { isRetired } from './given-up.ts';
export { type HashedCapture, type HashedColumns, HashedIds } from './hashed-ids.ts';
export { type HeldOnNode, instancesHeldOn } from './held-instances.ts';
export { type HeldSide, sidesHeldOn } from './held-sides.ts';
export { IdList } from './id-list.ts';
export type { InstanceCapture } from './instance-capture.ts';
export type { InstanceColumns } from './instance-columns.ts';
export { ADVANCED_STATES } from './instance-command.ts';
export { CONFIRMED, ENDED, OTHER, UNCONFIRMED } from './instance-rows.ts';
export { holderIn, type InstanceLook, type InstanceRecords, InstanceTable } from './instance-table.ts';
export type * from './ledger.ts';
export { emptyLedger } from './ledger.ts';
export { MOST_DUE_OF_A_KIND } from './most-due.ts';
export { CLOSED_MOVE_STATES, MOVE_KINDS, OPEN_MOVE_STATES } from './move.ts';
export type { Mutable } from './mutable.ts';
export { type Charge, NodeCharge } from './node-charge.ts';
export { NodeRecords } from './node-records.ts';
export { openPlace, vacate } from './open-places.ts';
export { compareIds, compareText } from './order.ts';
export { type OverlayState, overlayState } from './overlay-state.ts';
export { DEFAULT_POLICIES, policiesOf } from './policies.ts';
export { ProviderTree } from './provider-tree.ts';
export type * from './rejection.ts';
export { REJECTION_CODES } from './rejection.ts';
export type * from './request.ts';
export type { Result } from './result.ts';
export { fail, succeed } from './result.ts';
export { resultOf } from './result-of.ts';
export { isSuspect, SUSPECT_AFTER_FAILED_BUILDS } from './suspect.ts';
export { CLAIM_TABLE, type ClaimCommandType, type ClaimState, claimStateOf } from './tables/claim-table.ts';
export { CLAIM_CONSEQUENCES, type Consequence, MOVE_CONSEQUENCES } from './tables/consequences.ts';
export {
  isOpen,
  legalCommands,
  MOVE_SIDES,
  MOVE_TABLES,
  type MoveCommandType,
  type MoveTable,
} from './tables/move-table.ts';
export {
  INVENTORY_TABLE,
  type InventoryInput,
  NODE_TABLE,
  type NodeCommandType,
  type NodeState,
} from './tables/node-table.ts';
export { PERMISSIONS, type Permissions, type Scope, scopeOf } from './tables/permissions.ts';
export { isNewClaim, isRelease, NEW_CLAIMS, RELEASES } from './tables/releases.ts';
export type { StateTable, Transition } from './tables/transition.ts';
export { hashOf } from './text-hash.ts';
export { availableOf, freeUnitsOf } from './units.ts';
