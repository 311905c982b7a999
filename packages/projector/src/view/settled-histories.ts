import { type HashedCapture, type HashedColumns, HashedIds, hashOf } from '@fleetbook/domain';
import { recordHash } from '@fleetbook/event-log';

/** What is known of the events of an entity: ascending numbers, and whether there were older ones. */
export interface History {
  readonly numbers: readonly number[];
  readonly isTrimmed: boolean;
}

/** As it was at one moment, to be read while it goes on. */
export interface SettledCapture {
  readonly ids: Iterable<HashedColumns>;
  /** The numbers of all of them, as bytes in their order. */
  readonly pages: Iterable<Uint8Array>;
}

const PAGE_BYTES = 65_536;
/** Of a number that is safe. */
const MOST_NUMBER_BYTES = 8;

/**
 * Histories of entities of which hardly anything more is to come. A dozen bytes hold the numbers of most, and a hash
 * tells whose they are.
 */
export class SettledHistories {
  /** With the place of their numbers in the pages, counted from 1. */
  readonly #ids = new HashedIds(recordHash);
  readonly #captures: HashedCapture[] = [];
  readonly #pages: Uint8Array[] = [];
  #used = 0;
  readonly #seed: number;

  /** @param seed 32 bits that whoever chooses the ids does not know; what is restored was captured with the same. */
  constructor(seed = 0) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#ids.size;
  }

  /** Of an entity that it has no history of. */
  add(entity: string, { numbers, isTrimmed }: History): void {
    this.#makeRoom((numbers.length + 1) * MOST_NUMBER_BYTES);
    const place = this.#used;
    this.#write(2 * numbers.length + (isTrimmed ? 1 : 0));
    let before = 0;
    for (const number of numbers) {
      this.#write(number - before);
      before = number;
    }
    this.#ids.add(entity, hashOf(entity, this.#seed), place + 1);
  }

  find(entity: string): History | undefined {
    const place = this.#ids.get(entity, hashOf(entity, this.#seed));
    return place === 0 ? undefined : this.#read(place - 1);
  }

  /** It goes on: it is not among the settled ones any more. */
  take(entity: string): History | undefined {
    const history = this.find(entity);
    if (history !== undefined) {
      this.#ids.delete(entity, hashOf(entity, this.#seed));
    }
    return history;
  }

  capture(): SettledCapture {
    const captured = this.#ids.capture();
    this.#captures.push(captured);
    const [used, pages] = [this.#used, [...this.#pages]];
    return {
      ids: this.#ids.stretches(captured),
      pages: pages.map((page, place) => page.subarray(0, Math.min(PAGE_BYTES, used - place * PAGE_BYTES))),
    };
  }

  /** Nobody reads what was captured any more. */
  release(): void {
    for (const captured of this.#captures.splice(0)) {
      this.#ids.release(captured);
    }
  }

  /** Those of a capture. */
  restoreIds(columns: HashedColumns): void {
    this.#ids.append(columns);
  }

  /** One page of a capture, in their order. */
  restorePage(bytes: Uint8Array): void {
    const page = new Uint8Array(PAGE_BYTES);
    page.set(bytes);
    this.#used = this.#pages.length * PAGE_BYTES + bytes.length;
    this.#pages.push(page);
  }

  #read(place: number): History {
    const page = this.#pageAt(place);
    let at = place % PAGE_BYTES;
    const next = (): number => {
      let value = 0;
      let factor = 1;
      for (let byte = page[at] ?? 0; ; byte = page[at] ?? 0) {
        at += 1;
        value += (byte & 0x7f) * factor;
        if (byte < 0x80) {
          return value;
        }
        factor *= 0x80;
      }
    };
    const head = next();
    const numbers: number[] = [];
    let before = 0;
    for (let count = Math.floor(head / 2); count > 0; count -= 1) {
      before += next();
      numbers.push(before);
    }
    return { numbers, isTrimmed: head % 2 === 1 };
  }

  /** Seven bits in each byte, the lowest first; the last byte is the one below 0x80. */
  #write(value: number): void {
    const page = this.#pageAt(this.#used);
    let rest = value;
    while (rest >= 0x80) {
      page[this.#used % PAGE_BYTES] = (rest % 0x80) | 0x80;
      this.#used += 1;
      rest = Math.floor(rest / 0x80);
    }
    page[this.#used % PAGE_BYTES] = rest;
    this.#used += 1;
  }

  /** A history stands within one page. */
  #makeRoom(bytes: number): void {
    const left = this.#pages.length * PAGE_BYTES - this.#used;
    if (left < bytes) {
      this.#used += left;
      this.#pages.push(new Uint8Array(PAGE_BYTES));
    }
  }

  #pageAt(place: number): Uint8Array {
    const page = this.#pages[Math.floor(place / PAGE_BYTES)];
    if (page === undefined) {
      throw new RangeError(`there is no page of histories at ${place}`);
    }
    return page;
  }
}
