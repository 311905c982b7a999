import { type CommandKey, ID_BITS } from './command-key.ts';
import { type Chunk, type PackedOutcomes, packOutcomes, unpackOutcomes } from './packed-outcomes.ts';

export interface Outcome {
  /** Of the decision's first event. */
  readonly number: number;
  /** The later of the decision's `at` and the command's `issuedAt`, epoch milliseconds. */
  readonly time: number;
}

const CHUNK_ENTRIES = 16_384;
/** Of one packed piece: a fraction of a millisecond of work. */
const PACKED_ENTRIES = 1_024;
/** Slots hold `id mod SLOT_VALUES + 1`, so that 0 can mean empty. */
const SLOT_VALUES = 0xffff_ffff;
const ALL_BITS = 0xffff_ffff;
const NONE: readonly number[] = [];

/**
 * Which decisions may belong to a command id: packed, at most 40 bytes an entry however many there are.
 * Entries get running ids in the order they are added and are forgotten in that order. An index with open
 * addressing and linear probing finds them by key; keys may collide, so a find is a list of candidates.
 */
export class OutcomeTable {
  #chunks: Chunk[] = [];
  /** Id of the first entry of the first chunk. */
  #chunksStart = 0;
  #firstId = 0;
  #nextId = 0;
  #slots: Uint32Array;

  /** @param capacity entries it takes before its index grows for the first time. */
  constructor(capacity = CHUNK_ENTRIES) {
    this.#slots = new Uint32Array(slotsFor(capacity));
  }

  get size(): number {
    return this.#nextId - this.#firstId;
  }

  /** Memory it holds now. */
  get bytes(): number {
    return this.#chunks.length * CHUNK_ENTRIES * 24 + this.#slots.byteLength;
  }

  /** Outcomes are added in the order of their numbers. */
  add(key: CommandKey, outcome: Outcome): void {
    this.#makeRoom(1);
    const id = this.#nextId;
    const chunk = this.#chunkFor(id);
    const place = (id - this.#chunksStart) % CHUNK_ENTRIES;
    chunk.high[place] = key.high;
    chunk.low[place] = key.low;
    chunk.number[place] = outcome.number;
    chunk.time[place] = outcome.time;
    this.#nextId += 1;
    this.#insert(id, key.low);
  }

  /** Numbers of the decisions kept under this key, in no particular order. */
  find(key: CommandKey): readonly number[] {
    return this.#findAll(key, ALL_BITS);
  }

  /** As `find`, of the decisions on this command id whoever sent it. */
  findId(key: CommandKey): readonly number[] {
    return this.#findAll(key, ID_BITS);
  }

  #findAll(key: CommandKey, highBits: number): readonly number[] {
    let found: number[] | undefined;
    const mask = this.#slots.length - 1;
    for (let slot = key.low & mask; this.#slot(slot) !== 0; slot = (slot + 1) & mask) {
      const id = this.#idIn(slot);
      const chunk = this.#chunkOf(id);
      const place = (id - this.#chunksStart) % CHUNK_ENTRIES;
      if (chunk.low[place] === key.low && (((chunk.high[place] ?? 0) ^ key.high) & highBits) === 0) {
        found ??= [];
        found.push(chunk.number[place] ?? 0);
      }
    }
    return found ?? NONE;
  }

  /**
   * Forgets outcomes whose time is before the horizon, oldest first, and stops at the first one that is not:
   * one with a later time may keep a few others longer than needed, none is forgotten too early.
   */
  forgetBefore(horizon: number): void {
    while (this.#firstId < this.#nextId) {
      const chunk = this.#chunkOf(this.#firstId);
      const place = (this.#firstId - this.#chunksStart) % CHUNK_ENTRIES;
      if ((chunk.time[place] ?? 0) >= horizon) {
        return;
      }
      this.#remove(this.#firstId, chunk.low[place] ?? 0);
      this.#firstId += 1;
      if (this.#firstId - this.#chunksStart === CHUNK_ENTRIES) {
        this.#chunks.shift();
        this.#chunksStart = this.#firstId;
      }
    }
  }

  /** What is kept now, to be read later and little by little: entries are never changed. */
  capture(): () => Iterable<PackedOutcomes> {
    const chunks = [...this.#chunks];
    const start = this.#firstId - this.#chunksStart;
    const end = start + this.size;
    return function* packed() {
      for (let from = start; from < end; ) {
        const chunk = chunks[Math.floor(from / CHUNK_ENTRIES)];
        const place = from % CHUNK_ENTRIES;
        const count = Math.min(PACKED_ENTRIES, CHUNK_ENTRIES - place, end - from);
        if (chunk !== undefined) {
          yield packOutcomes(chunk, place, place + count);
        }
        from += count;
      }
    };
  }

  /** Adds what was captured of another table of the same keys. */
  restore(packed: PackedOutcomes): void {
    const added = unpackOutcomes(packed);
    this.#makeRoom(packed.entries);
    for (let from = 0; from < packed.entries; ) {
      const chunk = this.#chunkFor(this.#nextId);
      const place = (this.#nextId - this.#chunksStart) % CHUNK_ENTRIES;
      const end = Math.min(packed.entries, from + CHUNK_ENTRIES - place);
      copyEntries(chunk, place, added, from, end);
      for (; from < end; from += 1) {
        this.#insert(this.#nextId, added.low[from] ?? 0);
        this.#nextId += 1;
      }
    }
  }

  /** Number of the oldest outcome kept, or undefined when there is none. */
  get oldestNumber(): number | undefined {
    if (this.size === 0) {
      return undefined;
    }
    return this.#chunkOf(this.#firstId).number[(this.#firstId - this.#chunksStart) % CHUNK_ENTRIES];
  }

  #slot(slot: number): number {
    return this.#slots[slot] ?? 0;
  }

  #idIn(slot: number): number {
    const distance = (this.#slot(slot) - 1 - (this.#firstId % SLOT_VALUES) + SLOT_VALUES) % SLOT_VALUES;
    return this.#firstId + distance;
  }

  #insert(id: number, low: number): void {
    const mask = this.#slots.length - 1;
    let slot = low & mask;
    while (this.#slot(slot) !== 0) {
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = (id % SLOT_VALUES) + 1;
  }

  /** Empties the slot of `id` and moves later ones of its run back, so that no probe meets a hole too early. */
  #remove(id: number, low: number): void {
    const mask = this.#slots.length - 1;
    const value = (id % SLOT_VALUES) + 1;
    let hole = low & mask;
    while (this.#slot(hole) !== value) {
      hole = (hole + 1) & mask;
    }
    for (let slot = (hole + 1) & mask; this.#slot(slot) !== 0; slot = (slot + 1) & mask) {
      const home = this.#lowOf(this.#idIn(slot)) & mask;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        this.#slots[hole] = this.#slot(slot);
        hole = slot;
      }
    }
    this.#slots[hole] = 0;
  }

  #lowOf(id: number): number {
    return this.#chunkOf(id).low[(id - this.#chunksStart) % CHUNK_ENTRIES] ?? 0;
  }

  /** For so many entries more. */
  #makeRoom(entries: number): void {
    if ((this.size + entries) * 4 <= this.#slots.length * 3) {
      return;
    }
    this.#slots = new Uint32Array(Math.max(this.#slots.length * 2, slotsFor(this.size + entries)));
    for (let id = this.#firstId; id < this.#nextId; id += 1) {
      this.#insert(id, this.#lowOf(id));
    }
  }

  #chunkOf(id: number): Chunk {
    const chunk = this.#chunks[Math.floor((id - this.#chunksStart) / CHUNK_ENTRIES)];
    if (chunk === undefined) {
      throw new RangeError(`no outcome has the id ${id}`);
    }
    return chunk;
  }

  #chunkFor(id: number): Chunk {
    if (id - this.#chunksStart === this.#chunks.length * CHUNK_ENTRIES) {
      this.#chunks.push({
        high: new Uint32Array(CHUNK_ENTRIES),
        low: new Uint32Array(CHUNK_ENTRIES),
        number: new Float64Array(CHUNK_ENTRIES),
        time: new Float64Array(CHUNK_ENTRIES),
      });
    }
    return this.#chunkOf(id);
  }
}

function copyEntries(target: Chunk, place: number, source: Chunk, from: number, end: number): void {
  target.high.set(source.high.subarray(from, end), place);
  target.low.set(source.low.subarray(from, end), place);
  target.number.set(source.number.subarray(from, end), place);
  target.time.set(source.time.subarray(from, end), place);
}

/** A power of two that `capacity` entries fill to three quarters at most. */
function slotsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, (capacity * 4) / 3)));
}
