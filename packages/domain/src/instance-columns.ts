import type { Actor } from './actor.ts';
import type { InstancePage } from './instance-page.ts';
import { MOST_NAME_BYTES, NO_CHARGE, NOBODY, OTHER } from './instance-rows.ts';
import type { Instance } from './ledger.ts';
import type { ChargeLine } from './request.ts';

/** Instances that follow each other in a table, field by field. Places of instances in `others` mean nothing. */
export interface InstanceColumns {
  readonly count: number;
  /** As in the pages of the table; none is gone. */
  readonly kinds: Uint8Array;
  /** 0 where a record has none. */
  readonly touchedAt: Float64Array;
  /** Of each the id of the instance and that of its claim, one after the other: ASCII that JSON writes as it is. */
  readonly names: Uint8Array;
  readonly idLengths: Uint8Array;
  readonly claimIdLengths: Uint8Array;
  readonly nodes: readonly string[];
  readonly claimants: readonly Actor[];
  readonly requestTexts: readonly string[];
  readonly charges: readonly (readonly ChargeLine[])[];
  readonly tenants: readonly (string | undefined)[];
  /** Those of which columns hold no more than that they are there, in their order. */
  readonly others: readonly Instance[];
}

/** Of most rows. */
const NAME_BYTES = 64;

/** Columns to which rows are added. */
export class ColumnsBuilder implements InstanceColumns {
  count = 0;
  readonly kinds: Uint8Array;
  readonly touchedAt: Float64Array;
  readonly idLengths: Uint8Array;
  readonly claimIdLengths: Uint8Array;
  readonly nodes: string[] = [];
  readonly claimants: Actor[] = [];
  readonly requestTexts: string[] = [];
  readonly charges: (readonly ChargeLine[])[] = [];
  readonly tenants: (string | undefined)[] = [];
  readonly others: Instance[] = [];
  #names: Uint8Array;
  #namesEnd = 0;

  /** @param rows that there will be at most. */
  constructor(rows: number) {
    this.kinds = new Uint8Array(rows);
    this.touchedAt = new Float64Array(rows);
    this.idLengths = new Uint8Array(rows);
    this.claimIdLengths = new Uint8Array(rows);
    this.#names = new Uint8Array(rows * NAME_BYTES);
  }

  get names(): Uint8Array {
    return this.#names.subarray(0, this.#namesEnd);
  }

  /** @param other the record, where the page does not hold it. */
  add(page: InstancePage, at: number, other: Instance | undefined): void {
    const place = this.count;
    this.count += 1;
    this.kinds[place] = page.kinds[at] ?? OTHER;
    this.touchedAt[place] = page.touchedAt[at] ?? 0;
    this.#addNames(page, at, place);
    this.nodes.push(page.nodes[at] ?? '');
    this.claimants.push(page.claimants[at] ?? NOBODY);
    this.requestTexts.push(page.requestTexts[at] ?? '');
    this.charges.push(page.charges[at] ?? NO_CHARGE);
    this.tenants.push(page.tenants[at]);
    if (other !== undefined) this.others.push(other);
  }

  #addNames({ names }: InstancePage, at: number, place: number): void {
    if (this.#namesEnd + 2 * MOST_NAME_BYTES > this.#names.length) {
      const longer = new Uint8Array(2 * this.#names.length + 2 * MOST_NAME_BYTES);
      longer.set(this.#names);
      this.#names = longer;
    }
    this.idLengths[place] = names.idLength(at);
    this.claimIdLengths[place] = names.claimIdLength(at);
    this.#namesEnd = names.copyTo(this.#names, this.#namesEnd, at);
  }
}
