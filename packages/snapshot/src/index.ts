/**
 * Folded state in files: `LedgerCapture` takes it while it changes, `writeSnapshot` and `decodeSnapshot` keep it,
 * `matchLog` proves that the log still holds it, `restoreLedger` gives it back. `RunningDigest` follows its digest,
 * `MilestoneDigests` holds that to the checkpoints in the log, `digestAt` is a third opinion.
 */
export { digestAt } from './digest-at.ts';
export { exchangeRecords } from './exchange-records.ts';
export { FirstChanges } from './first-changes.ts';
export { firstLedger } from './first-ledger.ts';
export {
  DIGEST_VERSION,
  decodeSnapshot,
  encodeSnapshot,
  FOLD_VERSION,
  type SavedSnapshot,
  type Snapshot,
  type SnapshotFault,
  type SnapshotHeader,
} from './format.ts';
export { bytesOfHashed, hashedIn } from './hashed-bytes.ts';
export { inChunks } from './in-chunks.ts';
export { LedgerCapture } from './ledger-capture.ts';
export { ledgerDigest } from './ledger-digest.ts';
export { proveLedger } from './ledger-proof.ts';
export { type LedgerChunk, type LedgerRecords, ledgerChunks } from './ledger-rows.ts';
export { matchLog, type SavedEnd } from './match-log.ts';
export {
  type Disagreement,
  type MilestoneDigest,
  MilestoneDigests,
  type MilestoneOptions,
} from './milestone-digests.ts';
export { MILESTONE_EVENTS, passesMilestone } from './milestones.ts';
export { type RestoreFault, restoreLedger } from './restore-ledger.ts';
export { type Pace, RunningDigest, type RunningDigestOptions } from './running-digest.ts';
export { startProofThread } from './start-proof-thread.ts';
export { writeSnapshot } from './write-snapshot.ts';
