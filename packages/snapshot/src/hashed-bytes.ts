import type { HashedColumns } from '@fleetbook/domain';

const ROW_BYTES = 28;

/** Ids of which hashes are kept, in one stretch of memory. */
export function bytesOfHashed({ count, values, hashes, idHashes }: HashedColumns): Uint8Array {
  const bytes = new Uint8Array(count * ROW_BYTES);
  const columns = columnsOver(bytes.buffer, count);
  columns.values.set(values);
  columns.hashes.set(hashes);
  columns.idHashes.set(idHashes);
  return bytes;
}

/** What `bytesOfHashed` was given. Throws RangeError when there are fewer bytes than so many ids need. */
export function hashedIn(bytes: Uint8Array, count: number): HashedColumns {
  // A copy begins where numbers of eight bytes may.
  return columnsOver(new Uint8Array(bytes).buffer, count);
}

function columnsOver(buffer: ArrayBuffer, count: number): HashedColumns {
  return {
    count,
    values: new Float64Array(buffer, 0, count),
    hashes: new Uint32Array(buffer, 8 * count, 4 * count),
    idHashes: new Int32Array(buffer, 24 * count, count),
  };
}
