import { createHash } from 'node:crypto';
import type { Cell } from '@fleetbook/domain';
import type { Bookmark } from '@fleetbook/event-log';
import type { LedgerChunk } from './ledger-rows.ts';
import { isOfLedger, SavedChunks } from './saved-chunks.ts';

/** Changes with everything that a saved state depends on: the records' shapes, evolve, the indexes, the rows. */
export const FOLD_VERSION = 7;

/** Version of the canonical records that the digest is made of. */
export const DIGEST_VERSION = 1;

/** State and position belong together: one header over one file. */
export interface SnapshotHeader<Own> {
  /** Which service wrote it. */
  readonly file: string;
  readonly foldVersion: number;
  readonly digestVersion: number;
  readonly cell: string;
  readonly historyId: string;
  /** Where the state stands, with the number of its last event and the hash of its last commit. */
  readonly bookmark: Bookmark;
  /** Where the last commit of the state begins: reading it again proves that the log is still the same. */
  readonly previous: Bookmark;
  /** Time of the last event, epoch milliseconds. */
  readonly at: number;
  /** Of the inventory at the bookmark. */
  readonly digest: string;
  readonly cellRecord: Cell;
  /** What only the service that wrote it needs. */
  readonly own: Own;
}

/** The rows of a snapshot come in chunks, each one line of the file; the bytes of one that has some follow its line. */
export interface Snapshot<Own, OwnChunk> {
  readonly header: SnapshotHeader<Own>;
  readonly chunks: Iterable<LedgerChunk | OwnChunk>;
}

/** A snapshot as it is read from a file. */
export interface SavedSnapshot<Own, OwnChunk extends object> {
  readonly header: SnapshotHeader<Own>;
  readonly ledgerChunks: Iterable<LedgerChunk>;
  readonly ownChunks: Iterable<OwnChunk>;
  /** All of them, as they stand in the file. */
  readonly body: Uint8Array;
}

/** Why a file is no snapshot that this program can use. */
export type SnapshotFault = 'torn' | 'checksum' | 'other-version' | 'malformed';

const CHECKSUM_LINE = /^\{"sha256":"([0-9a-f]{64})"\}\n$/;
const CHECKSUM_BYTES = '{"sha256":""}\n'.length + 64;
const NEWLINE = 0x0a;

/** Writes a snapshot line by line, so that the caller decides how much at a time. */
export function* encodeSnapshot<Own, OwnChunk extends object>({
  header,
  chunks,
}: Snapshot<Own, OwnChunk>): Generator<Buffer, void> {
  const sum = createHash('sha256');
  function line(value: object, following: readonly Uint8Array[] = []): Buffer {
    const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(value)}\n`), ...following]);
    sum.update(bytes);
    return bytes;
  }
  yield line(header);
  for (const chunk of chunks) {
    if ('bytes' in chunk && chunk.bytes instanceof Uint8Array) {
      const { bytes, ...rest } = chunk;
      yield line({ ...rest, bytes: bytes.length }, [bytes]);
    } else {
      yield line(chunk);
    }
  }
  yield Buffer.from(`{"sha256":"${sum.digest('hex')}"}\n`);
}

export type DecodedSnapshot<Own, OwnChunk extends object> =
  | { readonly ok: true; readonly value: SavedSnapshot<Own, OwnChunk> }
  | { readonly ok: false; readonly error: SnapshotFault };

/**
 * Reads a snapshot whose every byte the checksum vouches for; anything else is a fault.
 * @param file what its header must say it is.
 */
export function decodeSnapshot<Own, OwnChunk extends object>(
  file: string,
  bytes: Uint8Array,
): DecodedSnapshot<Own, OwnChunk> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stated = CHECKSUM_LINE.exec(buffer.toString('latin1', Math.max(0, buffer.length - CHECKSUM_BYTES)))?.[1];
  if (stated === undefined) {
    return { ok: false, error: 'torn' };
  }
  const body = buffer.subarray(0, buffer.length - CHECKSUM_BYTES);
  if (createHash('sha256').update(body).digest('hex') !== stated) {
    return { ok: false, error: 'checksum' };
  }
  const headerEnd = body.indexOf(NEWLINE);
  const header = parse(body.subarray(0, Math.max(0, headerEnd)));
  if (!isNamedHeader(header, file)) {
    return { ok: false, error: 'malformed' };
  }
  if (!isOfThisVersion<Own>(header)) {
    return { ok: false, error: 'other-version' };
  }
  const rest = body.subarray(headerEnd + 1);
  const ledgerChunks = new SavedChunks<LedgerChunk>(rest, isOfLedger);
  const ownChunks = new SavedChunks<OwnChunk>(rest, (section) => !isOfLedger(section));
  return { ok: true, value: { header, ledgerChunks, ownChunks, body: rest } };
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

interface NamedHeader {
  readonly file: string;
  readonly foldVersion?: unknown;
  readonly digestVersion?: unknown;
}

function isNamedHeader(value: unknown, file: string): value is NamedHeader {
  return typeof value === 'object' && value !== null && 'file' in value && value.file === file;
}

/** Under a true checksum, a header of this version was written by this code. */
function isOfThisVersion<Own>(header: NamedHeader): header is SnapshotHeader<Own> {
  return header.foldVersion === FOLD_VERSION && header.digestVersion === DIGEST_VERSION;
}
