import { hash } from 'node:crypto';
import { type CommitHeader, FORMAT_VERSION, HASH_SUFFIX_BYTES, MAX_COMMIT_BYTES } from './encode.ts';
import { type Bookmark, LogDamageError, type Position } from './port.ts';
import { fieldOf, readHeader, type StoredHeader } from './read-header.ts';

/*
 * What is checked of a commit before it is parsed. A thread of its own does it for long reads and loads this module
 * first: it needs neither the shapes of events nor the domain.
 */

export interface HashedHeader extends StoredHeader {
  readonly hash: string;
}

const HASH_SUFFIX = /^,"hash":"([0-9a-f]{64})"\}$/;

/** What is known of a commit whose bytes are sound. Values only: it goes from one thread to another. */
export interface ChainedCommit {
  readonly header: StoredHeader;
  readonly bookmark: Bookmark;
}

/**
 * The half of `verifyCommit` that can be done elsewhere in this process: that the bytes are intact and the ones that
 * follow `after`. `readChainedCommit` does the other half. Throws as `verifyCommit` does.
 */
export function verifyChain(stored: Uint8Array, after: Bookmark, position: Position): ChainedCommit {
  try {
    const header = checkBytes(asBuffer(stored), after);
    return { header, bookmark: bookmarkOf(header, after, position) };
  } catch (error) {
    throw placed(error, after, position);
  }
}

/** The header of intact bytes that follow `after`. */
export function checkBytes(bytes: Buffer, after: Bookmark): HashedHeader {
  const hashed = checkHash(bytes);
  if (after.number === 0) {
    refuseNewerFormat(bytes);
  }
  const commit = { ...readHeader(bytes), hash: hashed };
  checkPlace(commit, hashed, after);
  return commit;
}

export function bookmarkOf(
  { lengths, hash: commitHash, epoch }: HashedHeader,
  after: Bookmark,
  position: Position,
): Bookmark {
  return { position, number: after.number + lengths.length, hash: commitHash, epoch };
}

/** Throws LogDamageError 'chain' if the commit at the bookmark's position is not the one the bookmark names. */
export function verifyBookmark(stored: Uint8Array | string, bookmark: Bookmark): void {
  const stated = statedHash(asBuffer(stored));
  if (stated !== bookmark.hash) {
    const found = stated === undefined ? 'something that is no commit' : `commit ${stated}`;
    const message = `${found} stands at position ${bookmark.position}, where ${bookmark.hash} was read before`;
    throw new LogDamageError('chain', message, { position: bookmark.position, number: bookmark.number });
  }
}

/** Says where the damage is: decoders do not know. Whatever else a decoder throws makes the event malformed. */
export function placed(error: unknown, after: Bookmark, position: Position): LogDamageError {
  const kind = error instanceof LogDamageError ? error.kind : 'malformed';
  const message = error instanceof Error ? error.message : String(error);
  const number = (error instanceof LogDamageError ? error.number : undefined) ?? after.number + 1;
  return new LogDamageError(kind, `commit at position ${position}, event ${number}: ${message}`, {
    position,
    number,
    cause: error,
  });
}

export function asBuffer(stored: Uint8Array | string): Buffer {
  if (typeof stored === 'string') {
    return Buffer.from(stored);
  }
  return Buffer.isBuffer(stored) ? stored : Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
}

function checkHash(bytes: Buffer): string {
  if (bytes.length > MAX_COMMIT_BYTES) {
    throw new LogDamageError('malformed', `${bytes.length} bytes are more than a commit may have`);
  }
  const stated = statedHash(bytes);
  if (stated === undefined) {
    throw new LogDamageError('malformed', 'the text does not end with a hash');
  }
  const computed = hash('sha256', bytes.subarray(0, bytes.length - HASH_SUFFIX_BYTES), 'hex');
  if (computed !== stated) {
    throw new LogDamageError('chain', `the bytes hash to ${computed}, the commit states ${stated}`);
  }
  return computed;
}

function statedHash(bytes: Buffer): string | undefined {
  const start = bytes.length - HASH_SUFFIX_BYTES;
  return start > 0 ? HASH_SUFFIX.exec(bytes.toString('latin1', start))?.[1] : undefined;
}

/** The first event names the format of the whole history: read it even where the rest cannot be understood. */
function refuseNewerFormat(bytes: Buffer): void {
  const raw: unknown = JSON.parse(bytes.toString('utf8'));
  const first = fieldOf(raw, 'events');
  const version = fieldOf(fieldOf(Array.isArray(first) ? first[0] : undefined, 'data'), 'formatVersion');
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    const known = `this release knows the stored format up to version ${FORMAT_VERSION}`;
    throw new LogDamageError('too-new', `${known}, the log is of version ${version}`);
  }
}

function checkPlace(commit: CommitHeader, commitHash: string, after: Bookmark): void {
  if (commit.firstNumber !== after.number + 1) {
    const found = `the commit begins with event ${commit.firstNumber}`;
    throw new LogDamageError('gap', `${found} where event ${after.number + 1} is due`);
  }
  if (commit.previousHash !== after.hash) {
    throw new LogDamageError('chain', `commit ${commitHash} follows ${commit.previousHash}, not ${after.hash}`);
  }
}
