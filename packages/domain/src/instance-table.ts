import { endedText } from './canonical-instances.ts';
import { type HashedColumns, HashedIds, type TextHash } from './hashed-ids.ts';
import { HeldRows } from './held-rows.ts';
import { InstanceCapture } from './instance-capture.ts';
import type { InstanceColumns } from './instance-columns.ts';
import { InstancePage } from './instance-page.ts';
import { CONFIRMED, ENDED, GONE, NO_CHARGE, OTHER, PAGE_ROWS, UNCONFIRMED } from './instance-rows.ts';
import type { Instance } from './ledger.ts';
import { openPlace, vacate } from './open-places.ts';
import type { ChargeLine } from './request.ts';
import { hashOf, hashOfBytes } from './text-hash.ts';

/**
 * The instances of a ledger by id, in no order. A table may keep no more than what tells ids of ended ones from others:
 * then it has them, and gives the record of an id, but does not list them.
 */
export interface InstanceRecords extends ReadonlyMap<string, Instance> {
  /** The node that an instance is held on; undefined when it is not held. */
  holderOf(id: string): string | undefined;
  set(id: string, instance: Instance): void;
  delete(id: string): boolean;
}

const PAGE_BITS = Math.log2(PAGE_ROWS);
const PAGE_MASK = PAGE_ROWS - 1;
const FIRST_PLACES = 4_096;
/** Instances that ended last keep their rows: what is undone ended just before, and who looks for one has seen it. */
const ENDED_IN_ROWS = 1_024;

/** Who goes through a table of instances. */
export interface InstanceLook {
  /** Of a claim that has neither move, labels, groups, expiry, release nor state. */
  claim(
    id: string,
    isConfirmed: boolean,
    node: string,
    tenant: string | undefined,
    charge: readonly ChargeLine[],
  ): void;
  other(instance: Instance): void;
}

/** The node that a record of an instance is held on. */
export const holderIn = (instance: Instance | undefined): string | undefined =>
  instance?.status === 'held' ? instance.claim.node : undefined;

/**
 * Instances in columns. A million records of their own would be most of what a collector of garbage has to go through;
 * here the record of a plain claim is made when somebody asks for it, and a new one each time.
 */
export class InstanceTable implements InstanceRecords {
  readonly seed: number;
  readonly #pages: InstancePage[] = [];
  /** Rows given, those of deleted records included. */
  #rows = 0;
  /** Rows of deleted records, to be given again. */
  readonly #gone: number[] = [];
  /** Rows, counted from 1, in open addressing; 0 where nothing is. At most half of them are taken. */
  #places = new Int32Array(FIRST_PLACES);
  /** By row those that do not fit the columns. */
  readonly #others = new Map<number, Instance>();
  readonly #captures = new Set<InstanceCapture>();
  /**
   * Those that ended and have no row any more, by the hashes of their canonical texts, with the events that ended them;
   * undefined where all keep their rows.
   */
  readonly ended: HashedIds | undefined;
  /** Rows of those that ended last, counted from 1, in a circle; they may have become something else since. */
  readonly #endedLast: Int32Array;
  #nextEnded = 0;
  /** The row that was set last, unless it has gone: it is asked for next. */
  #lastId: string | undefined;
  #lastRow = -1;
  /** By node what is held there; who sets an instance that comes to a node tells it. */
  readonly held = new HeldRows(this);

  /**
   * @param seed 32 bits that senders do not know, so that they cannot give all instances one place.
   * @param endedHash that of the digest, to keep no more than hashes of instances that have ended.
   * @param endedInRows of how many the records stay nevertheless.
   */
  constructor(seed = 0, endedHash?: TextHash, endedInRows = ENDED_IN_ROWS) {
    this.seed = seed;
    this.ended = endedHash === undefined ? undefined : new HashedIds((id) => endedHash(endedText(id)));
    this.#endedLast = new Int32Array(endedHash === undefined ? 0 : endedInRows);
  }

  /** Of those that it lists. */
  get size(): number {
    return this.#rows - this.#gone.length;
  }

  has(id: string): boolean {
    const hash = this.#hashOf(id);
    return this.#find(id, hash) >= 0 || this.#endedAt(id, hash) > 0;
  }

  get(id: string): Instance | undefined {
    const hash = this.#hashOf(id);
    const row = this.#find(id, hash);
    if (row >= 0) return this.recordAt(row);
    const touchedAt = this.#endedAt(id, hash);
    return touchedAt > 0 ? { status: 'ended', id, touchedAt } : undefined;
  }

  /** 0 where no hash of the id is kept. */
  #endedAt(id: string, hash: number): number {
    return this.ended?.get(id, hash) ?? 0;
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
    else this.ended?.delete(id, hash);
    const row = found < 0 ? this.#add(hash) : found;
    if (!this.pageOf(row).put(row & PAGE_MASK, instance)) this.#others.set(row, instance);
    else if (found >= 0) this.#others.delete(row);
    this.#lastId = id;
    this.#lastRow = row;
    if (instance.status === 'ended') this.#noteEnded(row);
  }

  /** Adds instances that it does not have, to rows behind all others. */
  append(columns: InstanceColumns): void {
    const { count, kinds, others } = columns;
    let other = 0;
    let nameStart = 0;
    for (let place = 0; place < count; ) {
      if (kinds[place] === OTHER) {
        this.#appendOther(others[other]);
        other += 1;
        place += 1;
      } else {
        const end = this.#endOfRun(columns, place);
        nameStart = this.#appendRun(columns, place, end, nameStart);
        place = end;
      }
    }
  }

  /** Where no more of the columns' places than from `start` on fit the page, or one is of no row in columns. */
  #endOfRun({ count, kinds }: InstanceColumns, start: number): number {
    const most = Math.min(count, start + PAGE_ROWS - (this.#rows & PAGE_MASK));
    let end = start;
    while (end < most && kinds[end] !== OTHER) end += 1;
    return end;
  }

  /** Returns where the names of these places end. */
  #appendRun(columns: InstanceColumns, start: number, end: number, nameStart: number): number {
    const { idLengths, claimIdLengths, kinds, names, nodes } = columns;
    const page = this.#pageForNew(end - start);
    let at = this.#rows & PAGE_MASK;
    this.#rows += end - start;
    let nameEnd = nameStart;
    for (let place = start; place < end; place += 1) {
      const idEnd = nameEnd + (idLengths[place] ?? 0);
      page.hashes[at + place - start] = hashOfBytes(names, nameEnd, idEnd, this.seed);
      nameEnd = idEnd + (claimIdLengths[place] ?? 0);
    }
    page.append(at, columns, start, end, names.subarray(nameStart, nameEnd));
    let row = this.#rows - end + start;
    for (let place = start; place < end; place += 1) {
      this.#places[openPlace(this.#places, this.#homeOf(page.hashes[at] ?? 0))] = row + 1;
      if (kinds[place] === ENDED) this.#noteEnded(row);
      else this.held.addKept(nodes[place] ?? '', row);
      at += 1;
      row += 1;
    }
    return nameEnd;
  }

  #appendOther(record: Instance | undefined): void {
    if (record === undefined) throw new RangeError('columns name more records than they have');
    this.set(record.id, record);
    const node = holderIn(record);
    if (node !== undefined) this.held.addKept(node, this.#lastRow);
  }

  /** Adds ended ones that it lacks. Throws RangeError where it keeps records of them or hashes ids otherwise. */
  appendEnded(columns: HashedColumns, seed: number): void {
    if (this.ended === undefined || seed !== this.seed) throw new RangeError('these are not the hashes of this table');
    this.ended.append(columns);
  }

  delete(id: string): boolean {
    const hash = this.#hashOf(id);
    const row = this.#find(id, hash);
    if (row < 0) return this.ended?.delete(id, hash) === true;
    this.#free(row);
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

  /** Goes through all that it lists, without making records of plain claims. */
  look({ claim, other }: InstanceLook): void {
    for (let row = 0; row < this.#rows; row += 1) {
      const { kinds, nodes, tenants, charges } = this.pageOf(row);
      const at = row & PAGE_MASK;
      const kind = kinds[at];
      if (kind === CONFIRMED || kind === UNCONFIRMED) {
        claim(this.idAt(row), kind === CONFIRMED, nodes[at] ?? '', tenants[at], charges[at] ?? NO_CHARGE);
      } else {
        const instance = this.recordAt(row);
        if (instance !== undefined) other(instance);
      }
    }
  }

  /** −1 where the id is not there. A row stays the same until its record is deleted; then it is given again. */
  rowOf(id: string): number {
    return id === this.#lastId ? this.#lastRow : this.#find(id, this.#hashOf(id));
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
    return hashOf(id, this.seed);
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
    const row = this.#gone.pop() ?? this.#addRow();
    this.#beforeChange(row);
    this.#place(row, hash);
    return row;
  }

  #place(row: number, hash: number): void {
    this.pageOf(row).hashes[row & PAGE_MASK] = hash;
    this.#places[openPlace(this.#places, this.#homeOf(hash))] = row + 1;
  }

  #addRow(): number {
    this.#pageForNew(1);
    this.#rows += 1;
    return this.#rows - 1;
  }

  /** The page of so many rows to come, which has room for them. */
  #pageForNew(rows: number): InstancePage {
    const first = this.#rows;
    if ((first & PAGE_MASK) === 0) this.#pages.push(new InstancePage(this.#pages.at(-1)));
    if (2 * (first + rows) > this.#places.length) this.#spread(2 * this.#places.length);
    return this.pageOf(first);
  }

  #free(row: number): void {
    this.#beforeChange(row);
    vacate(this.#places, row, (each) => this.#homeOf(this.#hashAt(each)));
    this.pageOf(row).clear(row & PAGE_MASK);
    this.#others.delete(row);
    this.#gone.push(row);
    if (row === this.#lastRow) this.#lastId = undefined;
  }

  /** Where the first of so many ended ones is of no use any more as a record, its hash takes its place. */
  #noteEnded(row: number): void {
    if (this.#endedLast.length === 0) return;
    const first = (this.#endedLast[this.#nextEnded] ?? 0) - 1;
    this.#endedLast[this.#nextEnded] = row + 1;
    this.#nextEnded = (this.#nextEnded + 1) % this.#endedLast.length;
    if (first >= 0) this.#pack(first);
  }

  #pack(row: number): void {
    const { kinds, names, hashes, touchedAt } = this.pageOf(row);
    const at = row & PAGE_MASK;
    const touched = touchedAt[at] ?? 0;
    if (kinds[at] !== ENDED || touched === 0) return;
    this.ended?.add(names.idAt(at), hashes[at] ?? 0, touched);
    this.#free(row);
  }

  #homeOf(hash: number): number {
    return hash & (this.#places.length - 1);
  }

  #hashAt(row: number): number {
    return this.pageOf(row).hashes[row & PAGE_MASK] ?? 0;
  }

  /** Into so many places. */
  #spread(count: number): void {
    this.#places = new Int32Array(count);
    for (let row = 0; row < this.#rows; row += 1) {
      if (this.pageOf(row).kinds[row & PAGE_MASK] !== GONE) {
        this.#places[openPlace(this.#places, this.#homeOf(this.#hashAt(row)))] = row + 1;
      }
    }
  }
}
