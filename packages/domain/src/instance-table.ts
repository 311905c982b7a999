import { HeldRows } from './held-rows.ts';
import { InstanceCapture } from './instance-capture.ts';
import type { InstanceColumns } from './instance-columns.ts';
import { InstancePage } from './instance-page.ts';
import { GONE, OTHER, PAGE_ROWS } from './instance-rows.ts';
import type { Instance } from './ledger.ts';
import { hashOf, hashOfBytes } from './text-hash.ts';

/** The instances of a ledger by id, in the order in which they came. */
export interface InstanceRecords extends ReadonlyMap<string, Instance> {
  /** The node that an instance is held on; undefined when it is not held. */
  holderOf(id: string): string | undefined;
  set(id: string, instance: Instance): void;
  delete(id: string): boolean;
}

const PAGE_BITS = Math.log2(PAGE_ROWS);
const PAGE_MASK = PAGE_ROWS - 1;
const FIRST_PLACES = 4_096;

/** The node that a record of an instance is held on. */
export const holderIn = (instance: Instance | undefined): string | undefined =>
  instance?.status === 'held' ? instance.claim.node : undefined;

/**
 * Instances in columns. A million records of their own would be most of what a collector of garbage has to go through;
 * here the record of a plain claim is made when somebody asks for it, and a new one each time.
 */
export class InstanceTable implements InstanceRecords {
  readonly #seed: number;
  #pages: InstancePage[] = [];
  /** Rows given, those of deleted records included. */
  #rows = 0;
  #size = 0;
  /** Rows, counted from 1, in open addressing; 0 where nothing is. At most half of them are taken. */
  #places = new Int32Array(FIRST_PLACES);
  /** By row those that do not fit the columns. */
  readonly #others = new Map<number, Instance>();
  readonly #captures = new Set<InstanceCapture>();
  #numbering = 0;
  /** The row that was set last, unless it has gone: it is asked for next. */
  #lastId: string | undefined;
  #lastRow = -1;
  /** By node what is held there; who sets an instance that comes to a node tells it. */
  readonly held = new HeldRows(this);

  /** @param seed 32 bits that senders do not know, so that they cannot give all instances one place. */
  constructor(seed = 0) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  has(id: string): boolean {
    return this.#find(id, this.#hashOf(id)) >= 0;
  }

  get(id: string): Instance | undefined {
    const row = this.#find(id, this.#hashOf(id));
    return row < 0 ? undefined : this.recordAt(row);
  }

  holderOf(id: string): string | undefined {
    const row = this.#find(id, this.#hashOf(id));
    return row < 0 ? undefined : this.holderAt(row);
  }

  /** Where the instance in a row is held; undefined when it is not, or the row is gone. */
  holderAt(row: number): string | undefined {
    const page = this.pageOf(row);
    const kind = page.kinds[row & PAGE_MASK];
    return kind === OTHER ? holderIn(this.#others.get(row)) : page.nodes[row & PAGE_MASK] || undefined;
  }

  set(id: string, instance: Instance): void {
    const hash = this.#hashOf(id);
    const found = this.#find(id, hash);
    if (found >= 0) this.#beforeChange(found);
    const row = found < 0 ? this.#add(hash) : found;
    if (!this.pageOf(row).put(row & PAGE_MASK, instance)) this.#others.set(row, instance);
    else if (found >= 0) this.#others.delete(row);
    this.#lastId = id;
    this.#lastRow = row;
  }

  /** Adds instances that it does not have. */
  append(columns: InstanceColumns): void {
    const first = this.#rows;
    let other = 0;
    let nameStart = 0;
    for (let place = 0; place < columns.count; place += 1) {
      const idEnd = nameStart + (columns.idLengths[place] ?? 0);
      if (columns.kinds[place] === OTHER) {
        this.#appendOther(columns.others[other]);
        other += 1;
      } else {
        const row = this.#add(hashOfBytes(columns.names, nameStart, idEnd, this.#seed));
        this.pageOf(row).take(row & PAGE_MASK, columns, place, nameStart);
      }
      nameStart = idEnd + (columns.claimIdLengths[place] ?? 0);
    }
    this.held.addFrom(first);
  }

  #appendOther(record: Instance | undefined): void {
    if (record === undefined) throw new RangeError('columns name more records than they have');
    this.set(record.id, record);
  }

  delete(id: string): boolean {
    const row = this.#find(id, this.#hashOf(id));
    if (row < 0) return false;
    this.#beforeChange(row);
    this.pageOf(row).clear(row & PAGE_MASK);
    this.#others.delete(row);
    this.#lastId = undefined;
    this.#size -= 1;
    const isHalfEmpty = this.#rows > FIRST_PLACES && this.#size < this.#rows / 2;
    if (isHalfEmpty && this.#captures.size === 0) this.#closeUp();
    return true;
  }

  /** As it is now, to be read while it goes on. Whoever takes it reads all of it or releases it. */
  capture(): InstanceCapture {
    const capture = new InstanceCapture(this, this.#rows);
    this.#captures.add(capture);
    return capture;
  }

  release(capture: InstanceCapture): void {
    this.#captures.delete(capture);
  }

  *keys(): MapIterator<string> {
    for (let row = 0; row < this.#rows; row += 1) {
      if (this.pageOf(row).kinds[row & PAGE_MASK] !== GONE) yield this.idAt(row);
    }
  }

  *values(): MapIterator<Instance> {
    for (let row = 0; row < this.#rows; row += 1) {
      const instance = this.recordAt(row);
      if (instance !== undefined) yield instance;
    }
  }

  *entries(): MapIterator<[string, Instance]> {
    for (const instance of this.values()) yield [instance.id, instance];
  }

  [Symbol.iterator](): MapIterator<[string, Instance]> {
    return this.entries();
  }

  forEach(look: (instance: Instance, id: string, instances: ReadonlyMap<string, Instance>) => void): void {
    for (const instance of this.values()) look(instance, instance.id, this);
  }

  /** −1 where the id is not there. A row stays the same until `numbering` changes or its record is deleted. */
  rowOf(id: string): number {
    return id === this.#lastId ? this.#lastRow : this.#find(id, this.#hashOf(id));
  }

  /** Changes when rows get other numbers. */
  get numbering(): number {
    return this.#numbering;
  }

  /** Of a row that is not gone. */
  idAt(row: number): string {
    const { kinds, names } = this.pageOf(row);
    const at = row & PAGE_MASK;
    return kinds[at] === OTHER ? (this.#others.get(row)?.id ?? '') : names.idAt(at);
  }

  /** Rows given so far. */
  get rows(): number {
    return this.#rows;
  }

  pageOf(row: number): InstancePage {
    const page = this.#pages[row >> PAGE_BITS];
    if (page === undefined) throw new RangeError(`there is no row ${row}`);
    return page;
  }

  recordAt(row: number): Instance | undefined {
    return this.#others.get(row) ?? this.pageOf(row).recordAt(row & PAGE_MASK);
  }

  #hashOf(id: string): number {
    return hashOf(id, this.#seed);
  }

  #beforeChange(row: number): void {
    for (const capture of this.#captures) capture.keep(row);
  }

  /** −1 where the id is not there. */
  #find(id: string, hash: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let place = hash & mask;
    for (let taken = places[place] ?? 0; taken !== 0; taken = places[place] ?? 0) {
      const row = taken - 1;
      const page = this.pageOf(row);
      if (page.hashes[row & PAGE_MASK] === hash && this.#isId(row, page, id)) return row;
      place = (place + 1) & mask;
    }
    return -1;
  }

  #isId(row: number, { kinds, names }: InstancePage, id: string): boolean {
    const at = row & PAGE_MASK;
    const kind = kinds[at];
    return kind === OTHER ? this.#others.get(row)?.id === id : kind !== GONE && names.isId(at, id);
  }

  #add(hash: number): number {
    const row = this.#rows;
    if ((row & PAGE_MASK) === 0) this.#pages.push(new InstancePage(this.#pages.at(-1)));
    if (2 * (row + 1) > this.#places.length) this.#spread(2 * this.#places.length);
    this.pageOf(row).hashes[row & PAGE_MASK] = hash;
    this.#places[this.#openPlace(hash)] = row + 1;
    this.#rows += 1;
    this.#size += 1;
    return row;
  }

  #openPlace(hash: number): number {
    const mask = this.#places.length - 1;
    let place = hash & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    return place;
  }

  /** Into so many places. */
  #spread(count: number): void {
    this.#places = new Int32Array(count);
    for (let row = 0; row < this.#rows; row += 1) {
      const { kinds, hashes } = this.pageOf(row);
      if (kinds[row & PAGE_MASK] !== GONE) this.#places[this.#openPlace(hashes[row & PAGE_MASK] ?? 0)] = row + 1;
    }
  }

  /** Half of the rows are of deleted records. */
  #closeUp(): void {
    const kept = Array.from(this.values());
    this.#pages = [];
    this.#rows = 0;
    this.#size = 0;
    this.#places = new Int32Array(FIRST_PLACES);
    this.#others.clear();
    this.#numbering += 1;
    this.#lastId = undefined;
    for (const instance of kept) this.set(instance.id, instance);
  }
}
