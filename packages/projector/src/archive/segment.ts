import { type Bookmark, type Commit, LogDamageError, ORIGIN, verifyCommit } from '@fleetbook/event-log';
import { refuseNewer } from './copy-error.ts';

const FILE = 'fleetbook-segment';
const VERSION = 1;

/**
 * A segment is a text file: a header line, then one commit per line, as it is stored in the log, byte for byte. Its
 * name is the number of its first event.
 */
export interface SegmentHeader {
  readonly file: typeof FILE;
  readonly version: typeof VERSION;
  readonly cell: string;
  /** Where a reader of the log stands before the first commit of the segment; its position is worth a try only. */
  readonly after: Bookmark;
}

export interface Segment {
  readonly header: SegmentHeader;
  /** The sound ones, in order. Their positions say nothing. */
  readonly commits: readonly Commit[];
  /** Where a reader stands after the last sound commit. */
  readonly end: Bookmark;
  /** Length of the file up to there. */
  readonly soundBytes: number;
  /** What comes after it: nothing, an append that was cut short, or damage. */
  readonly rest: { readonly kind: 'none' | 'torn' } | { readonly kind: 'damaged'; readonly cause: LogDamageError };
}

const NAME = /^(\d{16})\.commits$/;
const NEWLINE = 0x0a;
/** Files know no positions of the log: every commit read from them stands here. */
const NO_POSITION = ORIGIN.position;

export function segmentName(firstNumber: number): string {
  return `${String(firstNumber).padStart(16, '0')}.commits`;
}

/** The number of its first event; undefined for a file that is no segment. */
export function numberOfSegment(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function encodeHeader(cell: string, after: Bookmark): string {
  const header: SegmentHeader = { file: FILE, version: VERSION, cell, after };
  return `${JSON.stringify(header)}\n`;
}

/**
 * What a segment holds, verified as far as it is sound; undefined for one whose very header was cut short. Throws
 * CopyError TOO_NEW for one of a newer version.
 * @param after where the segment before it ends; without it the header is taken at its word.
 */
export function readSegment(bytes: Uint8Array, after?: Bookmark): Segment | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerEnd = buffer.indexOf(NEWLINE);
  const header = headerEnd < 0 ? undefined : parseHeader(buffer.toString('utf8', 0, headerEnd));
  if (header === undefined) {
    return undefined;
  }
  const before = after ?? header.after;
  const commits: Commit[] = [];
  let bookmark = { ...before };
  let start = headerEnd + 1;
  try {
    if (!isSamePlace(header.after, before)) {
      const found = `the segment continues event ${header.after.number}, where event ${before.number} comes before it`;
      throw new LogDamageError('gap', found, { number: before.number + 1 });
    }
    for (let end = buffer.indexOf(NEWLINE, start); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      const commit = verifyCommit(buffer.subarray(start, end), bookmark, NO_POSITION);
      commits.push(commit);
      bookmark = commit.bookmark;
      start = end + 1;
    }
  } catch (error) {
    if (!(error instanceof LogDamageError)) {
      throw error;
    }
    return { header, commits, end: bookmark, soundBytes: start, rest: judgeRest(buffer, start, error) };
  }
  const rest = { kind: start === buffer.length ? 'none' : 'torn' } as const;
  return { header, commits, end: bookmark, soundBytes: start, rest };
}

/** A line that was cut short has nothing sound behind it; with something sound behind it, a line was damaged later. */
function judgeRest(buffer: Buffer, from: number, cause: LogDamageError): Segment['rest'] {
  return cause.kind === 'too-new' || holdsCommit(buffer.subarray(from)) ? { kind: 'damaged', cause } : { kind: 'torn' };
}

/** Whether any line of it is a commit, of whatever log. */
export function holdsCommit(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
    if (isCommit(buffer.subarray(start, end))) {
      return true;
    }
    start = end + 1;
  }
  return false;
}

/** By its hash. */
function isCommit(line: Buffer): boolean {
  const facts = placeOf(line);
  if (facts === undefined) {
    return false;
  }
  try {
    verifyCommit(line, facts, NO_POSITION);
    return true;
  } catch (error) {
    // Another place, epoch or version is told only of bytes whose hash is right.
    return error instanceof LogDamageError && ['epoch', 'too-new'].includes(error.kind);
  }
}

function placeOf(line: Buffer): Bookmark | undefined {
  const raw = parse(line.toString('utf8'));
  const { firstNumber, previousHash, epoch } = Object(raw);
  return typeof firstNumber === 'number' && typeof previousHash === 'string' && typeof epoch === 'number'
    ? { position: NO_POSITION, number: firstNumber - 1, hash: previousHash, epoch }
    : undefined;
}

function isSamePlace(one: Bookmark, other: Bookmark): boolean {
  return one.number === other.number && one.hash === other.hash && one.epoch === other.epoch;
}

function parseHeader(line: string): SegmentHeader | undefined {
  const raw = parse(line);
  const { file, version } = Object(raw);
  if (file === FILE) {
    refuseNewer('the segment', version, VERSION);
  }
  return isHeader(raw) ? raw : undefined;
}

function isHeader(raw: unknown): raw is SegmentHeader {
  const { file, version, cell, after } = Object(raw);
  const { position, number, hash, epoch } = Object(after);
  return (
    file === FILE &&
    version === VERSION &&
    typeof cell === 'string' &&
    [position, number, epoch].every((value) => Number.isSafeInteger(value) && value >= 0) &&
    typeof hash === 'string'
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
