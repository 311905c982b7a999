import { join } from 'node:path';
import { type Bookmark, ORIGIN } from '@fleetbook/event-log';
import type { Disk } from '@fleetbook/operations';
import { BlockWriter } from '../index/blocks.ts';
import { type ClassRange, ClassSums } from '../index/class-sums.ts';
import { IndexError } from '../index/index-error.ts';
import { keyOf } from '../index/keys.ts';
import { PositionNotes } from '../index/positions.ts';
import { dataName, encodeSeal, sealName, sealOf } from '../index/seal.ts';
import { restoreState } from '../index/state.ts';
import { classesInCell } from '../index/touches.ts';
import { positionSection, writeDirectory } from '../index/write-segment.ts';
import type { BundleManifest, BundleStart } from './bundle-file.ts';

const FIRST = 1;
const STATE_BLOCK = 4 * 1024 * 1024;
const PRIVATE = { mode: 0o600 } as const;

/** Puts the state before a bundle into the directory of an index, as a segment of which only the state is known. */
export async function writeStart(
  disk: Disk,
  directory: string,
  { cell }: Pick<BundleManifest, 'cell'>,
  start: BundleStart,
): Promise<void> {
  const writer = new BlockWriter();
  const positions = new PositionNotes(FIRST, ORIGIN.hash);
  start.ended.forEach(({ id }) => void positions.add(keyOf.ended(id), FIRST));
  start.closed.forEach(({ id }) => void positions.add(keyOf.closed(id), FIRST));
  const row = (record: unknown): string => JSON.stringify({ number: FIRST, record });
  const previous: Bookmark = { ...start.previous, position: ORIGIN.position };
  const seal = sealOf({
    ...{ cell, historyId: start.historyId, forks: start.forks, digest: start.digest },
    ...{ after: ORIGIN, previous, end: { ...start.end, position: ORIGIN.position } },
    ...{ firstAt: start.at, lastAt: start.at, classes: classesIn(start.state) },
    commits: 0,
    directory: writeDirectory(writer, {
      commits: { lines: 0, blocks: [] },
      touches: { lines: 0, blocks: [] },
      ended: writer.addLines(start.ended.map(row), STATE_BLOCK),
      closed: writer.addLines(start.closed.map(row), STATE_BLOCK),
      entities: positionSection(writer, positions.encode()),
      commands: { blocks: [] },
      state: writer.addLines(start.state, STATE_BLOCK),
      nodes: { lines: 0, blocks: [] },
      instances: { lines: 0, blocks: [] },
    }),
  });
  for (const [name, bytes] of [
    [dataName(FIRST), writer.all()],
    [sealName(FIRST), encodeSeal(seal)],
  ] as const) {
    const written = await disk.writeAtomically(join(directory, name), bytes, PRIVATE);
    if (!written.ok) {
      throw new IndexError(`${written.error.path} cannot be written: ${written.error.cause.message}`);
    }
  }
}

/** What all nodes have in a saved state. */
function classesIn(lines: readonly string[]): readonly ClassRange[] {
  const sums = new ClassSums();
  for (const node of restoreState(lines).ledger.nodes.values()) {
    sums.change([], classesInCell(node));
  }
  return new ClassSums(sums.ranges()).ranges();
}
