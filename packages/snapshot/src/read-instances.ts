import {
  type Actor,
  type ChargeLine,
  chargeText,
  claimantText,
  claimText,
  ENDED,
  endedText,
  type Instance,
  type InstanceColumns,
  type NodeRecords,
  OTHER,
  recordsOf,
  UNCONFIRMED,
} from '@fleetbook/domain';
import { columnsIn, type PlacedColumns } from './column-bytes.ts';
import type { InstanceChunk } from './write-instances.ts';

/** What is shared by claims, and what it is in a canonical text. */
interface Known<Value> {
  value: Value;
  readonly text: string;
}

interface KnownCharge extends Known<readonly ChargeLine[]> {
  /** It is in the words of its node. */
  isShared: boolean;
}

const NO_TENANT: Known<undefined> = { value: undefined, text: '""' };

/** Gives instances back what they share, chunk after chunk. */
export class InstanceReader {
  readonly #nodes: Pick<NodeRecords, 'share'>;
  #texts: Known<string>[] = [];
  #claimants: Known<Actor>[] = [];
  #charges: KnownCharge[] = [];

  /** @param nodes on which the instances are held. */
  constructor(nodes: Pick<NodeRecords, 'share'>) {
    this.#nodes = nodes;
  }

  /**
   * Throws RangeError on a row that names what no table holds.
   * @param onText gets the canonical texts of the instances.
   */
  read(chunk: InstanceChunk, onText: (text: string) => void): InstanceColumns {
    this.#extendTables(chunk);
    const { count } = chunk;
    const placed = columnsIn(chunk.bytes, count);
    const shared = this.#sharedOf(placed, count);
    this.#tell(placed, chunk, onText);
    const { kinds, touchedAt, names, idLengths, claimIdLengths } = placed;
    return { count, others: chunk.others, kinds, touchedAt, names, idLengths, claimIdLengths, ...shared };
  }

  #extendTables({ isFresh, texts, claimants, charges }: InstanceChunk): void {
    if (isFresh) {
      this.#texts = [];
      this.#claimants = [];
      this.#charges = [];
    }
    for (const value of texts) this.#texts.push({ value, text: JSON.stringify(value) });
    for (const value of claimants) this.#claimants.push({ value, text: claimantText(value) });
    for (const value of charges) this.#charges.push({ value, text: chargeText(value), isShared: false });
  }

  #sharedOf(placed: PlacedColumns, count: number) {
    const nodes: string[] = [];
    const claimants: Actor[] = [];
    const requestTexts: string[] = [];
    const charges: (readonly ChargeLine[])[] = [];
    const tenants: (string | undefined)[] = [];
    for (let row = 0; row < count; row += 1) {
      const node = at(this.#texts, placed.nodes, row);
      const charge = at(this.#charges, placed.charges, row);
      if (!charge.isShared) this.#share(node, charge);
      nodes.push(node.value);
      claimants.push(at(this.#claimants, placed.claimants, row).value);
      requestTexts.push(at(this.#texts, placed.requestTexts, row).value);
      charges.push(charge.value);
      tenants.push(this.#tenantAt(placed, row).value);
    }
    return { nodes, claimants, requestTexts, charges, tenants };
  }

  /** In the words of the node that it is held on: nodes come before what is held on them. */
  #share(node: Known<string>, charge: KnownCharge): void {
    const shared = this.#nodes.share(node.value, charge.value);
    if (shared !== undefined) {
      node.value = shared.node;
      charge.value = shared.charge;
      charge.isShared = true;
    }
  }

  #tell(placed: PlacedColumns, { count, others }: InstanceChunk, onText: (text: string) => void): void {
    const names = Buffer.from(placed.names.buffer, placed.names.byteOffset, placed.names.length);
    let start = 0;
    let other = 0;
    for (let row = 0; row < count; row += 1) {
      const idEnd = start + (placed.idLengths[row] ?? 0);
      const end = idEnd + (placed.claimIdLengths[row] ?? 0);
      const kind = placed.kinds[row] ?? OTHER;
      if (kind === OTHER) {
        for (const text of textsOf(others[other])) onText(text);
        other += 1;
      } else if (kind === ENDED) {
        onText(endedText(names.toString('latin1', start, idEnd)));
      } else {
        const id = names.toString('latin1', start, idEnd);
        onText(this.#claimText(placed, row, id, names.toString('latin1', idEnd, end)));
      }
      start = end;
    }
  }

  #claimText(placed: PlacedColumns, row: number, id: string, claimId: string): string {
    return claimText(id, claimId, placed.kinds[row] === UNCONFIRMED ? 'unconfirmed' : 'confirmed', {
      node: at(this.#texts, placed.nodes, row).text,
      tenant: this.#tenantAt(placed, row).text,
      claimant: at(this.#claimants, placed.claimants, row).text,
      requestText: at(this.#texts, placed.requestTexts, row).text,
      charge: at(this.#charges, placed.charges, row).text,
    });
  }

  #tenantAt({ tenants }: PlacedColumns, row: number): Known<string | undefined> {
    const place = tenants[row] ?? 0;
    return place === 0 ? NO_TENANT : valueAt(this.#texts, place - 1);
  }
}

function textsOf(record: Instance | undefined): readonly string[] {
  if (record === undefined) {
    throw new RangeError('a chunk names more records than it has');
  }
  return recordsOf({ table: 'instances', key: record.id, before: undefined, after: record }, 'after');
}

function at<Value>(table: readonly Value[], places: Uint32Array, row: number): Value {
  return valueAt(table, places[row] ?? 0);
}

function valueAt<Value>(table: readonly Value[], place: number): Value {
  const value = table[place];
  if (value === undefined) {
    throw new RangeError(`nothing is shared at place ${place}`);
  }
  return value;
}
