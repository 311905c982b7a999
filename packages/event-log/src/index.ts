export { damageError } from './damage-error.ts';
export { type DecodeEvent, decodeLedgerEvent } from './decode-event.ts';
export { createDigest, type Digest } from './digest.ts';
export {
  type CommitHeader,
  encodeCommit,
  encodeEvent,
  FORMAT_VERSION,
  hashCommand,
  joinCommit,
  MAX_COMMIT_BYTES,
  MAX_EVENT_BYTES_PER_COMMIT,
  MAX_EVENTS_PER_COMMIT,
} from './encode.ts';
export type * from './port.ts';
export { GENESIS_HASH, LogDamageError, LogUnavailableError, ORIGIN } from './port.ts';
export { verifyBookmark, verifyCommit } from './verify.ts';
