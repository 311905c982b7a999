import { openPlace, vacate } from './open-places.ts';

/** Each has places of its own, so that no more than a thousandth of all is laid out anew in one go. */
const SEGMENTS = 1_024;
const SEGMENT_BITS = Math.log2(SEGMENTS);
const REST_OF_HASH = 2 ** (32 - SEGMENT_BITS);
/** Of a segment's first places; others begin with more, so that they do not all grow at the same time. */
const FIRST_PLACES = 8;
const GROWTH = 1.5;
const MOST_TAKEN = 0.65;

/**
 * Rows by 32 bits of what stands in them, in open addressing that grows little by little: a table of ten million rows
 * that is laid out anew as a whole would stop its thread for a second.
 */
export class HashedPlaces {
  readonly #hashAt: (row: number) => number;
  /** Rows, counted from 1; 0 where nothing is. */
  readonly #segments: Int32Array[] = [];
  readonly #taken = new Uint32Array(SEGMENTS);

  /** @param hashAt what `add` was told of a row. */
  constructor(hashAt: (row: number) => number) {
    this.#hashAt = hashAt;
  }

  /** The row with this hash that is meant; −1 where there is none. */
  find(hash: number, isMeant: (row: number) => boolean): number {
    const places = this.#placesOf(hash);
    let place = homeOf(hash, places.length);
    for (let taken = places[place] ?? 0; taken !== 0; taken = places[place] ?? 0) {
      if (this.#hashAt(taken - 1) === hash && isMeant(taken - 1)) return taken - 1;
      place = place + 1 === places.length ? 0 : place + 1;
    }
    return -1;
  }

  add(hash: number, row: number): void {
    const segment = segmentOf(hash);
    const taken = (this.#taken[segment] ?? 0) + 1;
    let places = this.#placesOf(hash);
    if (taken > places.length * MOST_TAKEN) {
      places = this.#spread(places);
      this.#segments[segment] = places;
    }
    places[openPlace(places, homeOf(hash, places.length))] = row + 1;
    this.#taken[segment] = taken;
  }

  remove(hash: number, row: number): void {
    const places = this.#placesOf(hash);
    vacate(places, row, (each) => homeOf(this.#hashAt(each), places.length));
    const segment = segmentOf(hash);
    this.#taken[segment] = (this.#taken[segment] ?? 0) - 1;
  }

  #placesOf(hash: number): Int32Array {
    const segment = segmentOf(hash);
    this.#segments[segment] ??= new Int32Array(FIRST_PLACES + (segment % FIRST_PLACES));
    return this.#segments[segment];
  }

  #spread(before: Int32Array): Int32Array {
    const places = new Int32Array(Math.ceil(before.length * GROWTH));
    for (const taken of before) {
      if (taken !== 0) places[openPlace(places, homeOf(this.#hashAt(taken - 1), places.length))] = taken;
    }
    return places;
  }
}

const segmentOf = (hash: number): number => hash & (SEGMENTS - 1);

const homeOf = (hash: number, places: number): number => Math.floor(((hash >>> SEGMENT_BITS) / REST_OF_HASH) * places);
