import { isAscii } from 'node:buffer';
import { hash } from 'node:crypto';
import type { LedgerEvent } from '@fleetbook/domain';
import { type DecodeEvent, decodeLedgerEvent, decodeVerifiedEvent } from './decode-event.ts';
import { type CommitHeader, FORMAT_VERSION, HASH_SUFFIX_BYTES, MAX_COMMIT_BYTES } from './encode.ts';
import { hasPlainType, readPlainEvent } from './plain/plain-event.ts';
import { type Bookmark, type Commit, LogDamageError, type Position } from './port.ts';
import { fieldOf, readHeader, type StoredHeader } from './read-header.ts';

interface HashedHeader extends StoredHeader {
  readonly hash: string;
}

const HASH_SUFFIX = /^,"hash":"([0-9a-f]{64})"\}$/;

/**
 * The commit in `stored`, if it is intact and the one that follows `after`. The hash is checked over the raw
 * bytes, before anything is parsed. `position`: where the reader stands after this commit.
 * Throws LogDamageError: 'chain' (bytes or predecessor differ), 'gap' (numbers), 'epoch', 'malformed', 'too-new'.
 */
export function verifyCommit(
  stored: Uint8Array | string,
  after: Bookmark,
  position: Position,
  decodeEvent: DecodeEvent = decodeLedgerEvent,
): Commit {
  try {
    const bytes = asBuffer(stored);
    const commit = checkBytes(bytes, after);
    const isPlainRead = decodeEvent === decodeLedgerEvent;
    const events = decodeEvents(commit, bytes, isPlainRead, () => decodeEvent);
    checkDecisions(events);
    checkEpoch(commit, events, after);
    return commitOf(commit, events, bookmarkOf(commit, after, position), stored);
  } catch (error) {
    throw placed(error, after, position);
  }
}

/** What is known of a commit whose bytes are sound. */
export interface ChainedCommit {
  readonly bookmark: Bookmark;
}

/**
 * The half of `verifyCommit` that can be done elsewhere in this process: that the bytes are intact and the ones that
 * follow `after`, and the shape of events that are dear to check. `readChainedCommit` does the other half. Throws as
 * `verifyCommit` does.
 */
export function verifyChain(stored: Uint8Array, after: Bookmark, position: Position): ChainedCommit {
  try {
    const bytes = asBuffer(stored);
    const commit = checkBytes(bytes, after);
    checkShapes(commit, bytes);
    return { bookmark: bookmarkOf(commit, after, position) };
  } catch (error) {
    throw placed(error, after, position);
  }
}

/** The commit in bytes that `verifyChain` has found sound; `bookmark` is the one that it gave. Throws as it does. */
export function readChainedCommit(stored: Uint8Array, after: Bookmark, bookmark: Bookmark): Commit {
  try {
    const bytes = asBuffer(stored);
    const commit = { ...readHeader(bytes), hash: bookmark.hash };
    const events = decodeEvents(commit, bytes, true, (start, end) =>
      hasPlainType(bytes, start, end) ? decodeLedgerEvent : decodeVerifiedEvent,
    );
    checkDecisions(events);
    checkEpoch(commit, events, after);
    return commitOf(commit, events, bookmark, stored);
  } catch (error) {
    throw placed(error, after, bookmark.position);
  }
}

/** The header of intact bytes that follow `after`. */
function checkBytes(bytes: Buffer, after: Bookmark): HashedHeader {
  const hashed = checkHash(bytes);
  if (after.number === 0) {
    refuseNewerFormat(bytes);
  }
  const commit = { ...readHeader(bytes), hash: hashed };
  checkPlace(commit, hashed, after);
  return commit;
}

/** A plain event is read faster than it is told what was found, so that whoever reads it checks it as well. */
function checkShapes(commit: StoredHeader, bytes: Buffer): void {
  const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
  let start = commit.byteLength;
  let number = commit.firstNumber;
  for (const length of commit.lengths) {
    if (!hasPlainType(bytes, start, start + length)) {
      decodeNumbered(bytes.toString(encoding, start, start + length), number, decodeLedgerEvent);
    }
    start += length + 1;
    number += 1;
  }
}

function bookmarkOf({ lengths, hash: commitHash, epoch }: HashedHeader, after: Bookmark, position: Position): Bookmark {
  return { position, number: after.number + lengths.length, hash: commitHash, epoch };
}

function commitOf(
  { commitId, epoch, firstNumber, previousHash }: CommitHeader,
  events: readonly LedgerEvent[],
  bookmark: Bookmark,
  stored: Uint8Array | string,
): Commit {
  return {
    ...{ commitId, epoch, firstNumber, previousHash, hash: bookmark.hash, events, bookmark },
    // Most readers never ask for it, and a string of that size costs as much as the hash.
    get text() {
      return typeof stored === 'string' ? stored : asBuffer(stored).toString('utf8');
    },
  };
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
function placed(error: unknown, after: Bookmark, position: Position): LogDamageError {
  const kind = error instanceof LogDamageError ? error.kind : 'malformed';
  const message = error instanceof Error ? error.message : String(error);
  const number = (error instanceof LogDamageError ? error.number : undefined) ?? after.number + 1;
  return new LogDamageError(kind, `commit at position ${position}, event ${number}: ${message}`, {
    position,
    number,
    cause: error,
  });
}

function asBuffer(stored: Uint8Array | string): Buffer {
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

/**
 * One event text after another: short strings stay where V8 makes and forgets them cheaply. What is not read as a
 * plain event is decoded by what `decoderOf` gives for its place.
 */
function decodeEvents(
  commit: StoredHeader,
  bytes: Buffer,
  isPlainRead: boolean,
  decoderOf: (start: number, end: number) => DecodeEvent,
): LedgerEvent[] {
  const events: LedgerEvent[] = [];
  const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
  let start = commit.byteLength;
  for (const length of commit.lengths) {
    const number = commit.firstNumber + events.length;
    const end = start + length;
    const plain = isPlainRead ? readPlainEvent(bytes, start, end) : undefined;
    const event = plain ?? decodeNumbered(bytes.toString(encoding, start, end), number, decoderOf(start, end));
    if (event.number !== number) {
      throw new LogDamageError('gap', `event ${event.number} stands where event ${number} is due`, { number });
    }
    if ((event.type === 'LedgerCreated') !== (number === 1)) {
      throw new LogDamageError('malformed', 'LedgerCreated is event 1 and no other', { number });
    }
    events.push(event);
    start += length + 1;
  }
  return events;
}

function decodeNumbered(text: string, number: number, decodeEvent: DecodeEvent): LedgerEvent {
  try {
    return decodeEvent(JSON.parse(text));
  } catch (error) {
    const kind = error instanceof LogDamageError ? error.kind : 'malformed';
    const message = error instanceof Error ? error.message : String(error);
    throw new LogDamageError(kind, message, { number, cause: error });
  }
}

/** Whole decisions only: each counts its events from 0 under one command id; time never goes back. */
function checkDecisions(events: readonly LedgerEvent[]): void {
  let previous: LedgerEvent | undefined;
  for (const event of events) {
    if (!isNextOfDecision(event, previous)) {
      throw new LogDamageError('malformed', 'the events of a decision do not follow each other', event);
    }
    if (previous !== undefined && event.at < previous.at) {
      throw new LogDamageError('malformed', `the time goes back from ${previous.at} to ${event.at}`, event);
    }
    previous = event;
  }
  if (previous !== undefined && previous.index + 1 !== previous.count) {
    throw new LogDamageError('malformed', 'the last decision of the commit is not whole', previous);
  }
}

function isNextOfDecision(event: LedgerEvent, previous: LedgerEvent | undefined): boolean {
  if (previous === undefined || previous.index + 1 === previous.count) {
    return event.index === 0 && event.count >= 1;
  }
  const isSameDecision = event.commandId === previous.commandId && event.count === previous.count;
  return isSameDecision && event.index === previous.index + 1;
}

/** A writer takes office with WriterElected at the head of a commit; any other commit is of the epoch in office. */
function checkEpoch(commit: CommitHeader, events: readonly LedgerEvent[], after: Bookmark): void {
  const [first, ...rest] = events;
  const late = rest.find((event) => event.type === 'WriterElected');
  if (late !== undefined) {
    throw new LogDamageError('epoch', 'WriterElected is not the first event of its commit', late);
  }
  if (first?.type === 'WriterElected') {
    if (commit.epoch <= after.epoch || first.data.epoch !== commit.epoch) {
      const claims = `epoch ${first.data.epoch} is elected in a commit of epoch ${commit.epoch}`;
      throw new LogDamageError('epoch', `${claims} while ${after.epoch} is in office`);
    }
  } else if (commit.epoch !== after.epoch) {
    throw new LogDamageError('epoch', `a commit of epoch ${commit.epoch} while ${after.epoch} is in office`);
  }
}
