import { isPlainCode, MOST_NAME_BYTES, PAGE_ROWS } from './instance-rows.ts';

const FIRST_BYTES = 16_384;
/** Room for what comes, beside what is kept when there was none left, in a page that is full and in one that grows. */
const SPARE_FULL = 0.125;
const SPARE_GROWING = 0.5;

const isWritten = (bytes: Uint8Array, start: number, text: string): boolean => {
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (!isPlainCode(code)) return false;
    bytes[start + place] = code;
  }
  return true;
};

/**
 * The ids of the rows of a page, of each row that of the instance and that of its claim, in bytes. A million strings
 * would take twice the memory, and a collector of garbage would look at each of them again and again.
 */
export class RowNames {
  #bytes: Buffer;
  #used = 0;
  readonly #starts = new Uint32Array(PAGE_ROWS);
  readonly #idLengths = new Uint8Array(PAGE_ROWS);
  readonly #claimIdLengths = new Uint8Array(PAGE_ROWS);

  /** @param bytes that it will need. */
  constructor(bytes = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, bytes));
  }

  /** So many of a full page are likely to be needed by the next one. */
  get used(): number {
    return this.#used;
  }

  /** False where they do not fit: they are too long, or have other characters than ids have. Then it has neither. */
  set(at: number, id: string, claimId: string): boolean {
    if (id.length === 0 || id.length > MOST_NAME_BYTES || claimId.length > MOST_NAME_BYTES) return this.clear(at);
    const start = this.#startFor(at, id.length, claimId.length);
    const bytes = this.#bytes;
    return (isWritten(bytes, start, id) && isWritten(bytes, start + id.length, claimId)) || this.clear(at);
  }

  /**
   * Those of rows that follow each other and have had none yet, from bytes in which they do so too.
   * @param idLengths of the rows, and `claimIdLengths` likewise.
   */
  append(at: number, bytes: Uint8Array, idLengths: Uint8Array, claimIdLengths: Uint8Array): void {
    if (this.#used + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    let start = this.#used;
    this.#bytes.set(bytes, start);
    this.#used += bytes.length;
    this.#idLengths.set(idLengths, at);
    this.#claimIdLengths.set(claimIdLengths, at);
    for (let place = 0; place < idLengths.length; place += 1) {
      this.#starts[at + place] = start;
      start += (idLengths[place] ?? 0) + (claimIdLengths[place] ?? 0);
    }
  }

  /** Returns false. */
  clear(at: number): boolean {
    this.#idLengths[at] = 0;
    this.#claimIdLengths[at] = 0;
    return false;
  }

  isId(at: number, id: string): boolean {
    if (this.#idLengths[at] !== id.length) return false;
    const start = this.#starts[at] ?? 0;
    for (let place = 0; place < id.length; place += 1) {
      if (this.#bytes[start + place] !== id.charCodeAt(place)) return false;
    }
    return true;
  }

  idAt(at: number): string {
    const start = this.#starts[at] ?? 0;
    return this.#bytes.toString('latin1', start, start + this.idLength(at));
  }

  claimIdAt(at: number): string {
    const start = (this.#starts[at] ?? 0) + this.idLength(at);
    return this.#bytes.toString('latin1', start, start + this.claimIdLength(at));
  }

  idLength(at: number): number {
    return this.#idLengths[at] ?? 0;
  }

  claimIdLength(at: number): number {
    return this.#claimIdLengths[at] ?? 0;
  }

  /** Puts both, one after the other, into the bytes; returns where they end. */
  copyTo(target: Uint8Array, start: number, at: number): number {
    const from = this.#starts[at] ?? 0;
    const length = this.idLength(at) + this.claimIdLength(at);
    for (let place = 0; place < length; place += 1) target[start + place] = this.#bytes[from + place] ?? 0;
    return start + length;
  }

  /** Where there is room for names of these lengths: where others of the same were, or behind all of them. */
  #startFor(at: number, idLength: number, claimIdLength: number): number {
    if (this.#idLengths[at] === idLength && this.#claimIdLengths[at] === claimIdLength) return this.#starts[at] ?? 0;
    const length = idLength + claimIdLength;
    this.clear(at);
    if (this.#used + length > this.#bytes.length) this.#makeRoom(length);
    const start = this.#used;
    this.#starts[at] = start;
    this.#idLengths[at] = idLength;
    this.#claimIdLengths[at] = claimIdLength;
    this.#used += length;
    return start;
  }

  /** Names that were replaced by others have left holes. */
  #makeRoom(length: number): void {
    const before = this.#bytes;
    let kept = length;
    for (let at = 0; at < PAGE_ROWS; at += 1) kept += this.idLength(at) + this.claimIdLength(at);
    const spare = this.idLength(PAGE_ROWS - 1) === 0 ? SPARE_GROWING : SPARE_FULL;
    const bytes = Buffer.allocUnsafeSlow(Math.ceil(Math.max(2 * FIRST_BYTES, kept * (1 + spare))));
    let end = 0;
    for (let at = 0; at < PAGE_ROWS; at += 1) {
      const from = this.#starts[at] ?? 0;
      const to = from + this.idLength(at) + this.claimIdLength(at);
      this.#starts[at] = end;
      end += before.copy(bytes, end, from, to);
    }
    this.#bytes = bytes;
    this.#used = end;
  }
}
