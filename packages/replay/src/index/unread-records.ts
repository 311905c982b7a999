/** Ends a line. JSON has none. */
const NEWLINE = '\n';

/** Of places, the upper digits tell the text, the lower ones where in it. */
const PER_TEXT = 2 ** 29;

/** Where in a text a record begins, and whose it is; it goes on to the end of its line. */
export interface RecordPlace {
  readonly id: string;
  readonly start: number;
}

/**
 * Records of a saved state that nobody has asked for yet, by id. Only where each begins is noted: a string for each
 * would cost more, to make and to collect, than the answer to most questions.
 */
export class UnreadRecords {
  readonly #texts: string[] = [];
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#places.size;
  }

  /** Takes a text of lines. `placeOf` is told where each of them begins. */
  add(text: string, placeOf: (text: string, lineStart: number) => RecordPlace): void {
    const base = this.#texts.length * PER_TEXT;
    this.#texts.push(text);
    for (let lineStart = 0; lineStart < text.length; ) {
      const { id, start } = placeOf(text, lineStart);
      this.#places.set(id, base + start);
      const end = text.indexOf(NEWLINE, start);
      lineStart = end === -1 ? text.length : end + 1;
    }
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  /** JSON. */
  get(id: string): string | undefined {
    const place = this.#places.get(id);
    if (place === undefined) {
      return undefined;
    }
    const text = this.#texts[Math.floor(place / PER_TEXT)] ?? '';
    const start = place % PER_TEXT;
    const end = text.indexOf(NEWLINE, start);
    return end === -1 ? text.slice(start) : text.slice(start, end);
  }

  delete(id: string): boolean {
    return this.#places.delete(id);
  }

  clear(): void {
    this.#places.clear();
  }

  keys(): MapIterator<string> {
    return this.#places.keys();
  }
}
