import type { EndedColumns } from '@fleetbook/domain';

/** Ended instances of which no more than hashes are kept, as bytes. */
export interface EndedChunk {
  readonly section: 'ended';
  readonly count: number;
  /** With what their ids were hashed. */
  readonly idSeed: number;
  readonly bytes: Uint8Array;
}

const ROW_BYTES = 28;

export function endedChunk({ count, touchedAt, hashes, idHashes }: EndedColumns, idSeed: number): EndedChunk {
  const bytes = new Uint8Array(count * ROW_BYTES);
  const columns = columnsOver(bytes.buffer, count);
  columns.touchedAt.set(touchedAt);
  columns.hashes.set(hashes);
  columns.idHashes.set(idHashes);
  return { section: 'ended', count, idSeed, bytes };
}

/** What a chunk was made of. Throws RangeError when there are fewer bytes than so many need. */
export function endedIn({ count, bytes }: EndedChunk): EndedColumns {
  // A copy begins where numbers of eight bytes may.
  return columnsOver(new Uint8Array(bytes).buffer, count);
}

function columnsOver(buffer: ArrayBuffer, count: number): EndedColumns {
  return {
    count,
    touchedAt: new Float64Array(buffer, 0, count),
    hashes: new Uint32Array(buffer, 8 * count, 4 * count),
    idHashes: new Int32Array(buffer, 24 * count, count),
  };
}
