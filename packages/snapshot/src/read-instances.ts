import type { Actor, ChargeLine, InstanceColumns, NodeRecords } from '@fleetbook/domain';
import { columnsIn, type PlacedColumns } from './column-bytes.ts';
import { valueAt } from './value-at.ts';
import type { InstanceChunk } from './write-instances.ts';

/** What is shared by claims. */
interface Known<Value> {
  value: Value;
}

interface KnownCharge extends Known<readonly ChargeLine[]> {
  /** It is in the words of its node. */
  isShared: boolean;
}

/** Gives instances back what they share, chunk after chunk. */
export class InstanceReader {
  readonly #nodes: Pick<NodeRecords, 'share'>;
  #texts: Known<string>[] = [];
  #claimants: Actor[] = [];
  #charges: KnownCharge[] = [];

  /** @param nodes on which the instances are held. */
  constructor(nodes: Pick<NodeRecords, 'share'>) {
    this.#nodes = nodes;
  }

  /** Throws RangeError on a row that names what no table holds. */
  read(chunk: InstanceChunk): InstanceColumns {
    this.#extendTables(chunk);
    const { count, others } = chunk;
    const placed = columnsIn(chunk.bytes, count);
    const { kinds, touchedAt, names, idLengths, claimIdLengths } = placed;
    return { count, others, kinds, touchedAt, names, idLengths, claimIdLengths, ...this.#sharedOf(placed, count) };
  }

  #extendTables({ isFresh, texts, claimants, charges }: InstanceChunk): void {
    if (isFresh) {
      this.#texts = [];
      this.#claimants = [];
      this.#charges = [];
    }
    for (const value of texts) this.#texts.push({ value });
    for (const value of claimants) this.#claimants.push(value);
    for (const value of charges) this.#charges.push({ value, isShared: false });
  }

  #sharedOf(placed: PlacedColumns, count: number) {
    const nodes: string[] = [];
    const claimants: Actor[] = [];
    const requestTexts: string[] = [];
    const charges: (readonly ChargeLine[])[] = [];
    const tenants: (string | undefined)[] = [];
    for (let row = 0; row < count; row += 1) {
      const node = valueAt(this.#texts, placed.nodes[row]);
      const charge = valueAt(this.#charges, placed.charges[row]);
      if (!charge.isShared) this.#share(node, charge);
      const tenant = placed.tenants[row] ?? 0;
      nodes.push(node.value);
      claimants.push(valueAt(this.#claimants, placed.claimants[row]));
      requestTexts.push(valueAt(this.#texts, placed.requestTexts[row]).value);
      charges.push(charge.value);
      tenants.push(tenant === 0 ? undefined : valueAt(this.#texts, tenant - 1).value);
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
}
