const LEAST_BYTES = 65_536;

/**
 * Puts parts together as they come: joining hundreds of megabytes at the end would let questions wait meanwhile.
 * With a good guess of the whole length, nothing is copied twice.
 */
export class GrowingBytes {
  #bytes: Buffer;
  #length = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, Math.ceil(expectedBytes)));
  }

  add(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(2 * length);
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(part, this.#length);
    this.#length = length;
  }

  all(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
