import { createHash } from 'node:crypto';
import type { Cell, Instance, Move, Node, Provider } from '@fleetbook/domain';
import type { Bookmark } from '@fleetbook/event-log';
import type { EntityRow } from '../view/entity-history.ts';
import type { OutcomeRow } from '../view/outcome-index.ts';
import type { SideTenantRow } from '../view/side-tenants.ts';

/** Changes with everything that a saved state depends on: the records' shapes, evolve, the indexes. */
export const FOLD_VERSION = 3;

/** Version of the canonical records that the digest is made of. */
export const DIGEST_VERSION = 1;

/** State and position belong together: one header over one file. */
export interface CheckpointHeader {
  readonly file: 'fleetbook-projector-checkpoint';
  readonly foldVersion: number;
  readonly digestVersion: number;
  readonly cell: string;
  readonly historyId: string;
  /** Where the state stands. */
  readonly bookmark: Bookmark;
  /** Where the last commit of the state begins: reading it again proves that the log is still the same. */
  readonly previous: Bookmark;
  /** Time of the last event, epoch milliseconds. */
  readonly at: number;
  /** Of the inventory at the bookmark. */
  readonly digest: string;
  readonly outcomesCompleteFrom: number;
  readonly cellRecord: Cell;
}

/** A node with its tree spelled out. */
export type NodeRow = Omit<Node, 'tree'> & { readonly providers: readonly Provider[] };

/** The rows of a checkpoint come in chunks, each one line of the file. */
export type CheckpointChunk =
  | { readonly section: 'nodes'; readonly rows: readonly NodeRow[] }
  | { readonly section: 'instances'; readonly rows: readonly Instance[] }
  | { readonly section: 'moves'; readonly rows: readonly Move[] }
  | { readonly section: 'sideTenants'; readonly rows: readonly SideTenantRow[] }
  | { readonly section: 'nodeHistory' | 'instanceHistory' | 'moveHistory'; readonly rows: readonly EntityRow[] }
  | { readonly section: 'outcomes'; readonly rows: readonly OutcomeRow[] }
  | { readonly section: 'bookmarks'; readonly rows: readonly Bookmark[] };

export interface Checkpoint {
  readonly header: CheckpointHeader;
  readonly chunks: Iterable<CheckpointChunk>;
}

/** Why a file is no checkpoint that this program can use. */
export type CheckpointFault = 'torn' | 'checksum' | 'other-version' | 'malformed';

const CHECKSUM_LINE = /^\{"sha256":"([0-9a-f]{64})"\}\n$/;
const CHECKSUM_BYTES = '{"sha256":""}\n'.length + 64;
const NEWLINE = 0x0a;

/** Writes a checkpoint line by line, so that the caller decides how much at a time. */
export function* encodeCheckpoint({ header, chunks }: Checkpoint): Generator<Buffer, void> {
  const sum = createHash('sha256');
  function line(value: CheckpointHeader | CheckpointChunk): Buffer {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    sum.update(bytes);
    return bytes;
  }
  yield line(header);
  for (const chunk of chunks) {
    yield line(chunk);
  }
  yield Buffer.from(`{"sha256":"${sum.digest('hex')}"}\n`);
}

export type DecodedCheckpoint =
  | { readonly ok: true; readonly value: Checkpoint }
  | { readonly ok: false; readonly error: CheckpointFault };

/** Reads a checkpoint whose every byte the checksum vouches for; anything else is a fault. */
export function decodeCheckpoint(bytes: Uint8Array): DecodedCheckpoint {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stated = CHECKSUM_LINE.exec(buffer.toString('latin1', Math.max(0, buffer.length - CHECKSUM_BYTES)))?.[1];
  if (stated === undefined) {
    return { ok: false, error: 'torn' };
  }
  const body = buffer.subarray(0, buffer.length - CHECKSUM_BYTES);
  if (createHash('sha256').update(body).digest('hex') !== stated) {
    return { ok: false, error: 'checksum' };
  }
  const [first, ...rest] = linesOf(body);
  const header = first === undefined ? undefined : parse(first);
  if (!isNamedHeader(header)) {
    return { ok: false, error: 'malformed' };
  }
  if (!isOfThisVersion(header)) {
    return { ok: false, error: 'other-version' };
  }
  return { ok: true, value: { header, chunks: chunksOf(rest) } };
}

function linesOf(body: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = body.indexOf(NEWLINE); end >= 0; end = body.indexOf(NEWLINE, start)) {
    lines.push(body.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

interface NamedHeader {
  readonly file: CheckpointHeader['file'];
  readonly foldVersion?: unknown;
  readonly digestVersion?: unknown;
}

function isNamedHeader(value: unknown): value is NamedHeader {
  return (
    typeof value === 'object' &&
    value !== null &&
    'file' in value &&
    value.file === ('fleetbook-projector-checkpoint' satisfies CheckpointHeader['file'])
  );
}

/** Under a true checksum, a header of this version was written by this code. */
function isOfThisVersion(header: NamedHeader): header is CheckpointHeader {
  return header.foldVersion === FOLD_VERSION && header.digestVersion === DIGEST_VERSION;
}

function* chunksOf(lines: readonly Buffer[]): Iterable<CheckpointChunk> {
  for (const line of lines) {
    const chunk: CheckpointChunk = JSON.parse(line.toString('utf8'));
    yield chunk;
  }
}
