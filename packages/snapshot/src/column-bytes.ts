/** The columns of some instances with the places of what they share, in one stretch of memory. */
export interface PlacedColumns {
  readonly touchedAt: Float64Array;
  readonly nodes: Uint32Array;
  readonly requestTexts: Uint32Array;
  readonly charges: Uint32Array;
  readonly claimants: Uint32Array;
  /** Counted from 1; 0 where there is none. */
  readonly tenants: Uint32Array;
  readonly kinds: Uint8Array;
  readonly idLengths: Uint8Array;
  readonly claimIdLengths: Uint8Array;
  readonly names: Uint8Array;
}

const ROW_BYTES = 31;

/** Columns of `count` rows with so many bytes of names, to be filled. */
export function newColumns(count: number, nameBytes: number): { bytes: Uint8Array; columns: PlacedColumns } {
  const bytes = new Uint8Array(count * ROW_BYTES + nameBytes);
  return { bytes, columns: columnsOver(bytes.buffer, count) };
}

/** Columns as `newColumns` laid them out. Throws RangeError when there are fewer bytes than so many rows need. */
export function columnsIn(bytes: Uint8Array, count: number): PlacedColumns {
  // A copy begins where numbers of eight bytes may.
  return columnsOver(new Uint8Array(bytes).buffer, count);
}

function columnsOver(buffer: ArrayBuffer, count: number): PlacedColumns {
  return {
    touchedAt: new Float64Array(buffer, 0, count),
    nodes: new Uint32Array(buffer, 8 * count, count),
    requestTexts: new Uint32Array(buffer, 12 * count, count),
    charges: new Uint32Array(buffer, 16 * count, count),
    claimants: new Uint32Array(buffer, 20 * count, count),
    tenants: new Uint32Array(buffer, 24 * count, count),
    kinds: new Uint8Array(buffer, 28 * count, count),
    idLengths: new Uint8Array(buffer, 29 * count, count),
    claimIdLengths: new Uint8Array(buffer, 30 * count, count),
    names: new Uint8Array(buffer, ROW_BYTES * count),
  };
}
