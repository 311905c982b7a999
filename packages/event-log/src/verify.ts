import { isAscii } from 'node:buffer';
import type { LedgerEvent } from '@fleetbook/domain';
import { asBuffer, bookmarkOf, type ChainedCommit, checkBytes, placed } from './chain.ts';
import { type DecodeEvent, decodeLedgerEvent } from './decode-event.ts';
import type { CommitHeader } from './encode.ts';
import { readPlainEvent } from './plain/plain-event.ts';
import { type Bookmark, type Commit, LogDamageError, type Position } from './port.ts';
import { readHeader, type StoredHeader } from './read-header.ts';

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
    const events = decodeEvents(commit, bytes, decodeEvent);
    checkDecisions(events);
    checkEpoch(commit, events, after);
    return commitOf(commit, events, bookmarkOf(commit, after, position), stored);
  } catch (error) {
    throw placed(error, after, position);
  }
}

/** The commit in bytes of which `verifyChain` has given `chained`. Throws as it does. */
export function readChainedCommit(stored: Uint8Array, after: Bookmark, { header, bookmark }: ChainedCommit): Commit {
  try {
    const events = decodeEvents(header, asBuffer(stored), decodeLedgerEvent);
    checkDecisions(events);
    checkEpoch(header, events, after);
    return commitOf(header, events, bookmark, stored);
  } catch (error) {
    throw placed(error, after, bookmark.position);
  }
}

/**
 * Those events that are wanted of a commit in bytes that `verifyChain` has found sound, by their numbers: the others
 * are not parsed. Throws as `verifyCommit` does.
 */
export function readChainedEvents(
  stored: Uint8Array,
  after: Bookmark,
  bookmark: Bookmark,
  isWanted: (number: number) => boolean,
): readonly LedgerEvent[] {
  try {
    const bytes = asBuffer(stored);
    return decodeEvents(readHeader(bytes), bytes, decodeLedgerEvent, isWanted);
  } catch (error) {
    throw placed(error, after, bookmark.position);
  }
}

function commitOf(
  { commitId, epoch, firstNumber, previousHash }: CommitHeader,
  events: readonly LedgerEvent[],
  bookmark: Bookmark,
  stored: Uint8Array | string,
): Commit {
  return {
    ...{ commitId, epoch, firstNumber, previousHash, hash: bookmark.hash, events, bookmark },
    get bytes() {
      return asBuffer(stored);
    },
    // Most readers never ask for it, and a string of that size costs as much as the hash.
    get text() {
      return typeof stored === 'string' ? stored : asBuffer(stored).toString('utf8');
    },
  };
}

/** One event text after another: short strings stay where V8 makes and forgets them cheaply. */
function decodeEvents(
  commit: StoredHeader,
  bytes: Buffer,
  decodeEvent: DecodeEvent,
  isWanted: (number: number) => boolean = () => true,
): LedgerEvent[] {
  const events: LedgerEvent[] = [];
  const isPlainRead = decodeEvent === decodeLedgerEvent;
  const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
  let start = commit.byteLength;
  let number = commit.firstNumber - 1;
  for (const length of commit.lengths) {
    number += 1;
    const end = start + length;
    if (!isWanted(number)) {
      start = end + 1;
      continue;
    }
    const plain = isPlainRead ? readPlainEvent(bytes, start, end) : undefined;
    const event = plain ?? decodeNumbered(bytes.toString(encoding, start, end), number, decodeEvent);
    if (event.number !== number) {
      throw new LogDamageError('gap', `event ${event.number} stands where event ${number} is due`, { number });
    }
    if ((event.type === 'LedgerCreated') !== (number === 1)) {
      throw new LogDamageError('malformed', 'LedgerCreated is event 1 and no other', { number });
    }
    events.push(event);
    start = end + 1;
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
