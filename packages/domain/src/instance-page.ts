import type { Actor } from './actor.ts';
import type { InstanceColumns } from './instance-columns.ts';
import { ENDED, GONE, kindOf, NO_CHARGE, NOBODY, OTHER, PAGE_ROWS, UNCONFIRMED } from './instance-rows.ts';
import type { Claim, Instance } from './ledger.ts';
import type { Mutable } from './mutable.ts';
import type { ChargeLine } from './request.ts';
import { RowNames } from './row-names.ts';

/** Rows of the table of instances, field by field. */
export class InstancePage {
  readonly kinds = new Uint8Array(PAGE_ROWS);
  /** Of the ids. */
  readonly hashes = new Int32Array(PAGE_ROWS);
  /** 0 where a record has none. */
  readonly touchedAt = new Float64Array(PAGE_ROWS);
  readonly names: RowNames;
  readonly nodes: string[] = [];
  readonly claimants: Actor[] = [];
  readonly requestTexts: string[] = [];
  readonly charges: (readonly ChargeLine[])[] = [];
  readonly tenants: (string | undefined)[] = [];

  constructor(before?: InstancePage) {
    this.names = new RowNames(before?.names.used);
  }

  /** False where the record does not fit: the row holds nothing of it then. */
  put(at: number, instance: Instance): boolean {
    const kind = kindOf(instance);
    const claim = instance.status === 'held' && kind !== OTHER ? instance.claim : undefined;
    const isHeldHere = kind !== OTHER && this.names.set(at, instance.id, claim?.claimId ?? '');
    this.#fill(at, isHeldHere ? claim : undefined);
    this.touchedAt[at] = instance.touchedAt ?? 0;
    this.kinds[at] = isHeldHere ? kind : OTHER;
    if (!isHeldHere) this.names.clear(at);
    return isHeldHere;
  }

  /**
   * New rows from `at` on, from the places of columns that hold them, `start` to `end`.
   * @param names theirs, one after the other.
   */
  append(at: number, columns: InstanceColumns, start: number, end: number, names: Uint8Array): void {
    this.kinds.set(columns.kinds.subarray(start, end), at);
    this.touchedAt.set(columns.touchedAt.subarray(start, end), at);
    const idLengths = columns.idLengths.subarray(start, end);
    this.names.append(at, names, idLengths, columns.claimIdLengths.subarray(start, end));
    let row = at;
    for (let place = start; place < end; place += 1) {
      this.nodes[row] = columns.nodes[place] ?? '';
      this.claimants[row] = columns.claimants[place] ?? NOBODY;
      this.requestTexts[row] = columns.requestTexts[place] ?? '';
      this.charges[row] = columns.charges[place] ?? NO_CHARGE;
      this.tenants[row] = columns.tenants[place];
      row += 1;
    }
  }

  clear(at: number): void {
    this.kinds[at] = GONE;
    this.names.clear(at);
    this.#fill(at, undefined);
  }

  /** Undefined where the row holds none. */
  recordAt(at: number): Instance | undefined {
    const kind = this.kinds[at];
    if (kind === GONE || kind === OTHER) return undefined;
    const id = this.names.idAt(at);
    const instance: Mutable<Instance> =
      kind === ENDED ? { status: 'ended', id } : { status: 'held', id, claim: this.#claimAt(at) };
    const touchedAt = this.touchedAt[at] ?? 0;
    if (touchedAt !== 0) instance.touchedAt = touchedAt;
    return instance;
  }

  #claimAt(at: number): Claim {
    const claim: Mutable<Claim> = {
      claimId: this.names.claimIdAt(at),
      node: this.nodes[at] ?? '',
      status: this.kinds[at] === UNCONFIRMED ? 'unconfirmed' : 'confirmed',
      claimant: this.claimants[at] ?? NOBODY,
      requestText: this.requestTexts[at] ?? '',
      charge: this.charges[at] ?? NO_CHARGE,
    };
    const tenant = this.tenants[at];
    if (tenant !== undefined) claim.tenant = tenant;
    return claim;
  }

  #fill(at: number, claim: Claim | undefined): void {
    this.nodes[at] = claim?.node ?? '';
    this.claimants[at] = claim?.claimant ?? NOBODY;
    this.requestTexts[at] = claim?.requestText ?? '';
    this.charges[at] = claim?.charge ?? NO_CHARGE;
    this.tenants[at] = claim?.tenant;
  }
}
