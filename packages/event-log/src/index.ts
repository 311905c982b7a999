export { verifyChain } from './chain.ts';
export { damageError } from './damage-error.ts';
export { type DecodeEvent, decodeLedgerEvent } from './decode-event.ts';
export { createDigest, type Digest, recordHash } from './digest.ts';
export {
  type CommitHeader,
  encodeCommit,
  encodeEvent,
  eventBytesOf,
  FORMAT_VERSION,
  hashCommand,
  joinCommit,
  MAX_COMMIT_BYTES,
  MAX_EVENT_BYTES_PER_COMMIT,
  MAX_EVENTS_PER_COMMIT,
} from './encode.ts';
export { type ForkFacts, forkCommit } from './fork-commit.ts';
export { type FoundingFacts, foundingCommit, foundingEvents } from './founding-commit.ts';
export {
  type CommandInbox,
  DEFAULT_INBOX_LIMITS,
  type InboxMessage,
  InboxUnfitError,
} from './inbox-port.ts';
export { lossOf, MarkCheck } from './mark-check.ts';
export type * from './port.ts';
export {
  GENESIS_HASH,
  LogDamageError,
  LogMissingError,
  LogRefusedError,
  LogUnavailableError,
  LogUnfinishedError,
  ORIGIN,
} from './port.ts';
export { asPosition } from './position.ts';
export { lineAfter, requireMark } from './require-mark.ts';
export { storedEncoding } from './stored-encoding.ts';
export { readChainedEvents, verifyCommit } from './verify.ts';
export { writerCommit } from './writer-commit.ts';
