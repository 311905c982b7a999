const NEWLINE = 0x0a;
/** Every line begins with it. */
const SECTION = /^\{"section":"(\w+)"/;
const SECTION_BYTES = '{"section":""'.length + 32;
const LEDGER = new Set(['nodes', 'instances', 'ended', 'moves']);
/** Of a line that bytes follow, which says so with its last field. */
const FOLLOWED = /"bytes":(\d+)\}$/;
const FOLLOWED_BYTES = '"bytes":}'.length + 16;

/** Tells the chunks of a ledger from those of the service that wrote it. */
export const isOfLedger = (section: string): boolean => LEDGER.has(section);

/**
 * Chunks of a saved state, of some of its sections. Each is read when its turn comes, and nobody
 * keeps it: all of them at once are more for a collector of garbage than the state itself. They can be gone through
 * again.
 */
export class SavedChunks<Chunk extends object> implements Iterable<Chunk> {
  readonly #body: Buffer;
  readonly #isWanted: (section: string) => boolean;

  /**
   * @param body lines under a true checksum: what stands in them was written by this code.
   * @param isWanted whether a section has chunks of this kind.
   */
  constructor(body: Buffer, isWanted: (section: string) => boolean) {
    this.#body = body;
    this.#isWanted = isWanted;
  }

  *[Symbol.iterator](): Generator<Chunk, void> {
    const body = this.#body;
    for (let start = 0; start < body.length; ) {
      const end = body.indexOf(NEWLINE, start);
      const count = bytesAfter(body, end);
      const next = end + 1 + count;
      if (this.#isWanted(SECTION.exec(body.toString('latin1', start, start + SECTION_BYTES))?.[1] ?? '')) {
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
