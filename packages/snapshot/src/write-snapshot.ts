import type { Result } from '@fleetbook/domain';
import type { Disk, DiskError, Slices } from '@fleetbook/operations';
import { encodeSnapshot, type Snapshot } from './format.ts';

const BLOCK_BYTES = 256 * 1024;

/** Writes a snapshot bit by bit, never more of it in memory than a block. The file is whole, or as it was before. */
export function writeSnapshot<Own, OwnChunk extends object>(
  disk: Disk,
  path: string,
  snapshot: Snapshot<Own, OwnChunk>,
  slices: Slices,
): Promise<Result<void, DiskError>> {
  return disk.writeAtomically(path, inBlocks(encodeSnapshot(snapshot), slices), { mode: 0o600 });
}

async function* inBlocks(lines: Iterable<Buffer>, slices: Slices): AsyncGenerator<Uint8Array, void> {
  let block: Buffer[] = [];
  let bytes = 0;
  for (const line of lines) {
    block.push(line);
    bytes += line.length;
    if (bytes >= BLOCK_BYTES) {
      yield Buffer.concat(block);
      block = [];
      bytes = 0;
    }
    await slices.pause();
  }
  yield Buffer.concat(block);
}
