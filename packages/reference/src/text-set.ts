const FREE = 0;
const FIRST_SLOTS = 1_024;
const FIRST_ROOM = 16_384;

/**
 * A set of texts that only grows, kept as their code units one after the other: a tenth of what as many strings take,
 * and as many as memory holds.
 */
export class TextSet {
  /** Of each text its length, then its code units. */
  #units = new Uint16Array(FIRST_ROOM);
  #end = 1;
  /** Where in the units a text begins; the place of a text follows from its hash, or is the next one that was free. */
  #slots = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(text: string): boolean {
    return this.#slots[this.#slotOf(text)] !== FREE;
  }

  /** Throws RangeError for a text of more than 65,535 code units. */
  add(text: string): void {
    const slot = this.#slotOf(text);
    if (this.#slots[slot] !== FREE) {
      return;
    }
    this.#slots[slot] = this.#append(text);
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) {
      this.#widen();
    }
  }

  /** In the order in which they were added. */
  *[Symbol.iterator](): Generator<string, void> {
    for (let start = 1; start < this.#end; start += 1 + (this.#units[start] ?? 0)) {
      yield this.#textAt(start);
    }
  }

  #textAt(start: number): string {
    const length = this.#units[start] ?? 0;
    return String.fromCharCode(...this.#units.subarray(start + 1, start + 1 + length));
  }

  /** That of the text, or else the free one where it belongs. */
  #slotOf(text: string): number {
    const last = this.#slots.length - 1;
    let slot = hashOf(text) & last;
    for (;;) {
      const start = this.#slots[slot] ?? FREE;
      if (start === FREE || this.#isAt(start, text)) {
        return slot;
      }
      slot = (slot + 1) & last;
    }
  }

  #isAt(start: number, text: string): boolean {
    if (this.#units[start] !== text.length) {
      return false;
    }
    for (let place = 0; place < text.length; place += 1) {
      if (this.#units[start + 1 + place] !== text.charCodeAt(place)) {
        return false;
      }
    }
    return true;
  }

  #append(text: string): number {
    if (text.length > 0xffff) {
      throw new RangeError(`a text of ${text.length} code units is too long`);
    }
    const start = this.#end;
    this.#end += 1 + text.length;
    if (this.#end > this.#units.length) {
      const wider = new Uint16Array(Math.max(this.#end, this.#units.length * 2));
      wider.set(this.#units);
      this.#units = wider;
    }
    this.#units[start] = text.length;
    for (let place = 0; place < text.length; place += 1) {
      this.#units[start + 1 + place] = text.charCodeAt(place);
    }
    return start;
  }

  #widen(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let start = 1; start < this.#end; start += 1 + (this.#units[start] ?? 0)) {
      this.#slots[this.#slotOf(this.#textAt(start))] = start;
    }
  }
}

/** FNV-1a, over code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
