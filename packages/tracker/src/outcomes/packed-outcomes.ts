/** Entries of one stretch of ids, column by column: 24 bytes each. */
export interface Chunk {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly number: Float64Array;
  readonly time: Float64Array;
}

/** The columns of some entries one after the other, in base 64; a snapshot has one byte order. */
export interface PackedOutcomes {
  readonly entries: number;
  readonly columns: string;
}

const ENTRY_BYTES = 24;

export function packOutcomes(chunk: Chunk, start: number, end: number): PackedOutcomes {
  const entries = end - start;
  const columns = columnsIn(new ArrayBuffer(entries * ENTRY_BYTES), entries);
  columns.time.set(chunk.time.subarray(start, end));
  columns.number.set(chunk.number.subarray(start, end));
  columns.high.set(chunk.high.subarray(start, end));
  columns.low.set(chunk.low.subarray(start, end));
  return { entries, columns: Buffer.from(columns.time.buffer).toString('base64') };
}

/** Throws RangeError when there are fewer bytes than the entries need. */
export function unpackOutcomes({ entries, columns }: PackedOutcomes): Chunk {
  const bytes = new Uint8Array(Buffer.from(columns, 'base64'));
  return columnsIn(bytes.buffer, entries);
}

function columnsIn(buffer: ArrayBuffer, entries: number): Chunk {
  return {
    time: new Float64Array(buffer, 0, entries),
    number: new Float64Array(buffer, entries * 8, entries),
    high: new Uint32Array(buffer, entries * 16, entries),
    low: new Uint32Array(buffer, entries * 20, entries),
  };
}
