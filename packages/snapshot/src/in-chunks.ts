/** Rows written in one go, a fraction of a millisecond of work. */
const CHUNK_ROWS = 50;

export function* inChunks<Row>(rows: Iterable<Row>, chunkRows = CHUNK_ROWS): Generator<readonly Row[], void> {
  let chunk: Row[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length === chunkRows) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) {
    yield chunk;
  }
}
