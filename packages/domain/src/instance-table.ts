import type { Actor } from './actor.ts';
import type { Claim, HeldRecord, Instance } from './ledger.ts';
import type { Mutable } from './mutable.ts';
import type { ChargeLine } from './request.ts';
import { hashOf } from './text-hash.ts';

/** The instances of a ledger by id, in the order in which they came. */
export interface InstanceRecords extends ReadonlyMap<string, Instance> {
  /** The node that an instance is held on; undefined when it is not held. */
  holderOf(id: string): string | undefined;
  set(id: string, instance: Instance): void;
  delete(id: string): boolean;
}

const PAGE_BITS = 12;
const PAGE_ROWS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_ROWS - 1;
const FIRST_PLACES = 4_096;

const GONE = 0;
const UNCONFIRMED = 1;
const CONFIRMED = 2;
const ENDED = 3;
/** Its record is kept as it is. */
const OTHER = 4;

const NOBODY: Actor = { role: 'system', id: '' };
const NO_CHARGE: readonly ChargeLine[] = [];

/** Rows of the table, field by field. */
class Page {
  readonly kinds = new Uint8Array(PAGE_ROWS);
  readonly hashes = new Int32Array(PAGE_ROWS);
  /** 0 where a record has none. */
  readonly touchedAt = new Float64Array(PAGE_ROWS);
  readonly ids: string[] = [];
  readonly claimIds: string[] = [];
  readonly nodes: string[] = [];
  readonly claimants: Actor[] = [];
  readonly requestTexts: string[] = [];
  readonly charges: (readonly ChargeLine[])[] = [];
  readonly tenants: (string | undefined)[] = [];
}

/** Whether the columns can hold all of it. What else a claim can have is rare. */
const isPlain = ({ claim, moveId }: HeldRecord): boolean =>
  moveId === undefined &&
  claim.labels === undefined &&
  claim.groups === undefined &&
  claim.expiry === undefined &&
  claim.release === undefined &&
  claim.state === undefined;

/** The node that a record of an instance is held on. */
export const holderIn = (instance: Instance | undefined): string | undefined =>
  instance?.status === 'held' ? instance.claim.node : undefined;

const kindOf = (instance: Instance): number => {
  if (instance.status === 'ended') return ENDED;
  if (instance.status !== 'held' || !isPlain(instance)) return OTHER;
  return instance.claim.status === 'unconfirmed' ? UNCONFIRMED : CONFIRMED;
};

/**
 * Instances in columns. A million records of their own would be most of what a collector of garbage has to go through;
 * here the record of a plain claim is made when somebody asks for it, and a new one each time.
 */
export class InstanceTable implements InstanceRecords {
  readonly #seed: number;
  #pages: Page[] = [];
  /** Rows given, those of deleted records included. */
  #rows = 0;
  #size = 0;
  /** Rows, counted from 1, in open addressing; 0 where nothing is. At most half of them are taken. */
  #places = new Int32Array(FIRST_PLACES);
  /** By row those that do not fit the columns. */
  readonly #others = new Map<number, Instance>();

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
    return row < 0 ? undefined : this.#recordAt(row);
  }

  holderOf(id: string): string | undefined {
    const row = this.#find(id, this.#hashOf(id));
    if (row < 0) return undefined;
    const page = this.#pageOf(row);
    const kind = page.kinds[row & PAGE_MASK];
    return kind === OTHER ? holderIn(this.#others.get(row)) : page.nodes[row & PAGE_MASK] || undefined;
  }

  set(id: string, instance: Instance): void {
    const hash = this.#hashOf(id);
    const found = this.#find(id, hash);
    const row = found < 0 ? this.#add(id, hash) : found;
    const page = this.#pageOf(row);
    const at = row & PAGE_MASK;
    const kind = kindOf(instance);
    page.kinds[at] = kind;
    page.touchedAt[at] = instance.touchedAt ?? 0;
    fillClaim(page, at, instance.status === 'held' && kind !== OTHER ? instance.claim : undefined);
    if (kind === OTHER) this.#others.set(row, instance);
    else if (found >= 0) this.#others.delete(row);
  }

  delete(id: string): boolean {
    const row = this.#find(id, this.#hashOf(id));
    if (row < 0) return false;
    const page = this.#pageOf(row);
    const at = row & PAGE_MASK;
    page.kinds[at] = GONE;
    page.ids[at] = '';
    fillClaim(page, at, undefined);
    this.#others.delete(row);
    this.#size -= 1;
    if (this.#rows > FIRST_PLACES && this.#size < this.#rows / 2) this.#closeUp();
    return true;
  }

  *keys(): MapIterator<string> {
    for (let row = 0; row < this.#rows; row += 1) {
      const page = this.#pageOf(row);
      if (page.kinds[row & PAGE_MASK] !== GONE) yield page.ids[row & PAGE_MASK] ?? '';
    }
  }

  *values(): MapIterator<Instance> {
    for (let row = 0; row < this.#rows; row += 1) {
      const instance = this.#recordAt(row);
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

  #hashOf(id: string): number {
    return hashOf(id, this.#seed);
  }

  #pageOf(row: number): Page {
    const page = this.#pages[row >> PAGE_BITS];
    if (page === undefined) throw new RangeError(`there is no row ${row}`);
    return page;
  }

  #recordAt(row: number): Instance | undefined {
    const page = this.#pageOf(row);
    const at = row & PAGE_MASK;
    const kind = page.kinds[at];
    if (kind === OTHER) return this.#others.get(row);
    if (kind === GONE) return undefined;
    const id = page.ids[at] ?? '';
    const instance: Mutable<Instance> =
      kind === ENDED ? { status: 'ended', id } : { status: 'held', id, claim: claimAt(page, at) };
    const touchedAt = page.touchedAt[at] ?? 0;
    if (touchedAt !== 0) instance.touchedAt = touchedAt;
    return instance;
  }

  /** −1 where the id is not there. */
  #find(id: string, hash: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let place = hash & mask;
    for (let taken = places[place] ?? 0; taken !== 0; taken = places[place] ?? 0) {
      const row = taken - 1;
      const page = this.#pageOf(row);
      if (page.hashes[row & PAGE_MASK] === hash && page.ids[row & PAGE_MASK] === id) {
        return page.kinds[row & PAGE_MASK] === GONE ? -1 : row;
      }
      place = (place + 1) & mask;
    }
    return -1;
  }

  #add(id: string, hash: number): number {
    const row = this.#rows;
    if ((row & PAGE_MASK) === 0) this.#pages.push(new Page());
    if (2 * (row + 1) > this.#places.length) this.#spread(2 * this.#places.length);
    const page = this.#pageOf(row);
    page.ids[row & PAGE_MASK] = id;
    page.hashes[row & PAGE_MASK] = hash;
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
      const page = this.#pageOf(row);
      if (page.kinds[row & PAGE_MASK] !== GONE) {
        this.#places[this.#openPlace(page.hashes[row & PAGE_MASK] ?? 0)] = row + 1;
      }
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
    for (const instance of kept) this.set(instance.id, instance);
  }
}

const fillClaim = (page: Page, at: number, claim: Claim | undefined): void => {
  page.claimIds[at] = claim?.claimId ?? '';
  page.nodes[at] = claim?.node ?? '';
  page.claimants[at] = claim?.claimant ?? NOBODY;
  page.requestTexts[at] = claim?.requestText ?? '';
  page.charges[at] = claim?.charge ?? NO_CHARGE;
  page.tenants[at] = claim?.tenant;
};

const claimAt = (page: Page, at: number): Claim => {
  const claim: Mutable<Claim> = {
    claimId: page.claimIds[at] ?? '',
    node: page.nodes[at] ?? '',
    status: page.kinds[at] === UNCONFIRMED ? 'unconfirmed' : 'confirmed',
    claimant: page.claimants[at] ?? NOBODY,
    requestText: page.requestTexts[at] ?? '',
    charge: page.charges[at] ?? NO_CHARGE,
  };
  const tenant = page.tenants[at];
  if (tenant !== undefined) claim.tenant = tenant;
  return claim;
};
