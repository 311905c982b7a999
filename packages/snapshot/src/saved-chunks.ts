const NEWLINE = 0x0a;
const LEDGER = /^\{"section":"(?:nodes|instances|ended|moves)"/;
const SECTION_BYTES = '{"section":"instances"'.length;
/** Of a line that bytes follow, which says so with its last field. */
const FOLLOWED = /"bytes":(\d+)\}$/;
const FOLLOWED_BYTES = '"bytes":}'.length + 16;

/**
 * Chunks of a saved state, of the ledger or of the service that wrote it. Each is read when its turn comes, and nobody
 * keeps it: all of them at once are more for a collector of garbage than the state itself. They can be gone through
 * again.
 * @param body lines under a true checksum: what stands in them was written by this code.
 */
export class SavedChunks<Chunk extends object> implements Iterable<Chunk> {
  readonly #body: Buffer;
  readonly #isOfLedger: boolean;

  constructor(body: Buffer, isOfLedger: boolean) {
    this.#body = body;
    this.#isOfLedger = isOfLedger;
  }

  *[Symbol.iterator](): Generator<Chunk, void> {
    const body = this.#body;
    for (let start = 0; start < body.length; ) {
      const end = body.indexOf(NEWLINE, start);
      const count = bytesAfter(body, end);
      const next = end + 1 + count;
      if (LEDGER.test(body.toString('latin1', start, start + SECTION_BYTES)) === this.#isOfLedger) {
        const chunk: Chunk = JSON.parse(body.toString('utf8', start, end));
        yield count === 0 ? chunk : Object.assign(chunk, { bytes: body.subarray(end + 1, next) });
      }
      start = next;
    }
  }
}

function bytesAfter(body: Buffer, end: number): number {
  return Number(FOLLOWED.exec(body.toString('latin1', Math.max(0, end - FOLLOWED_BYTES), end))?.[1] ?? 0);
}
