import { join } from 'node:path';
import type { Disk, DiskError } from '@fleetbook/operations';
import { BlockWriter } from './blocks.ts';
import { IndexError } from './index-error.ts';
import type { OpenSegment } from './open-segment.ts';
import type { PositionChunk } from './positions.ts';
import {
  type Directory,
  dataName,
  encodeSeal,
  type PositionSection,
  type RowSection,
  type Seal,
  type SealedCommitBlock,
  sealName,
  sealOf,
} from './seal.ts';
import type { LeanState, PlacedLine } from './state.ts';

const COMMIT_BLOCK = 32 * 1024;
const TOUCH_BLOCK = 64 * 1024;
const RECORD_BLOCK = 256 * 1024;
/** What one node needs is read alone; a whole state is put together from many of these, and each costs a little. */
const STATE_BLOCK = 1024 * 1024;
const PRIVATE = { mode: 0o600 } as const;

/** Writes a segment with the state at its end: the data, then the seal that vouches for them. Throws IndexError. */
export async function writeSegment(disk: Disk, directory: string, open: OpenSegment, state: LeanState): Promise<Seal> {
  const writer = new BlockWriter();
  const first = open.after.number + 1;
  const digest = state.digest();
  const seal = sealOf({
    ...{ cell: state.ledger.cell?.cell ?? '', historyId: state.ledger.cell?.historyId ?? '' },
    forks: state.ledger.cell?.forks ?? [],
    ...{ after: open.after, previous: open.commits.at(-2)?.bookmark ?? open.after, end: open.end, digest },
    classes: open.classes,
    firstAt: open.commits[0]?.firstAt ?? 0,
    lastAt: open.commits.at(-1)?.lastAt ?? 0,
    commits: open.commits.length,
    directory: writeDirectory(writer, {
      commits: commitSection(writer, open),
      touches: writer.addLines(open.touches, TOUCH_BLOCK),
      ended: writer.addLines(open.ended.map(text), RECORD_BLOCK),
      closed: writer.addLines(open.closed.map(text), RECORD_BLOCK),
      entities: positionSection(writer, open.entities.encode()),
      commands: positionSection(writer, open.commands.encode()),
      state: writer.addLines(Array.from(state.headLines()), STATE_BLOCK),
      nodes: rowSection(writer, state.nodeLines()),
      instances: rowSection(writer, state.instanceLines()),
    }),
  });
  await write(disk, join(directory, dataName(first)), writer.all());
  await write(disk, join(directory, sealName(first)), encodeSeal(seal));
  return seal;
}

export function writeDirectory(writer: BlockWriter, directory: Directory): Seal['directory'] {
  return writer.addBytes(Buffer.from(JSON.stringify(directory)));
}

export function positionSection(writer: BlockWriter, chunks: readonly PositionChunk[]): PositionSection {
  return { blocks: chunks.map(({ firstHash, bytes }) => ({ ...writer.addBytes(bytes), firstHash })) };
}

function rowSection(writer: BlockWriter, rows: readonly PlacedLine[]): RowSection {
  const { lines, blocks } = writer.addLines(
    rows.map(({ line }) => line),
    STATE_BLOCK,
  );
  return { lines, blocks: blocks.map((block) => ({ ...block, firstNode: rows[block.firstLine]?.node ?? '' })) };
}

function commitSection(writer: BlockWriter, { after, commits }: OpenSegment): Directory['commits'] {
  const lines = commits.map(({ bookmark, stored }) => `${bookmark.position}\t${stored}`);
  const { blocks } = writer.addLines(lines, COMMIT_BLOCK);
  return {
    lines: lines.length,
    blocks: blocks.map((block): SealedCommitBlock => {
      const first = commits[block.firstLine];
      return { ...block, after: first?.after ?? after, firstAt: first?.firstAt ?? 0 };
    }),
  };
}

function text(row: unknown): string {
  return JSON.stringify(row);
}

async function write(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const written = await disk.writeAtomically(path, bytes, PRIVATE);
  if (!written.ok) {
    throw new IndexError(failureText(written.error));
  }
}

function failureText({ path, code, cause }: DiskError): string {
  return `${path} cannot be written (${code}): ${cause.message}`;
}
