import type { Node } from './ledger.ts';
import { isPlainRelease, LiveNode } from './live-node.ts';
import { type Charge, NodeCharge } from './node-charge.ts';

/** After as many postings a record is made of them, though nobody asked for it: what leads to it is kept until then. */
const POSTINGS_KEPT = 64;

interface Row {
  readonly id: string;
  /** As it was last handed out. */
  record: Node;
  /** What claims and releases have changed since. */
  added: NodeCharge[];
  /** The record with what was added; undefined while nothing was. Nobody is handed it for good. */
  live: LiveNode | undefined;
  /** What the newest claim took, in the words of the record's tree. */
  newest: Charge;
}

const NOTHING: Charge = [];

/** Units differ from claim to claim. */
const isEqualCharge = (known: Charge, asked: Charge): boolean => {
  if (known.length !== asked.length) return false;
  for (let place = 0; place < known.length; place += 1) {
    const one = known[place];
    const other = asked[place];
    if (one === undefined || other === undefined || one.amount !== other.amount) return false;
    if (one.class !== other.class || one.provider !== other.provider) return false;
    if (one.units !== undefined || other.units !== undefined) return false;
  }
  return true;
};

/**
 * The nodes by id. A claim or its release changes figures in place; the record with them is made when the node is asked
 * for. Records, once handed out, never change.
 */
export class NodeRecords implements ReadonlyMap<string, Node> {
  readonly #rows = new Map<string, Row>();

  get size(): number {
    return this.#rows.size;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  get(id: string): Node | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : handOut(row);
  }

  /** The node to be looked at and let go of: what is returned is true until the next change of the ledger only. */
  look(id: string): Node | undefined {
    const row = this.#rows.get(id);
    return row?.live?.node ?? row?.record;
  }

  set(id: string, record: Node): void {
    const row = this.#rows.get(id);
    if (row === undefined) this.#rows.set(id, { id, record, added: [], live: undefined, newest: NOTHING });
    else put(row, record, []);
  }

  delete(id: string): boolean {
    return this.#rows.delete(id);
  }

  /**
   * The change of a claim by the event `generation`, not made yet; undefined when there is no such node. Throws an
   * Error when a line names what the node does not have.
   */
  chargeOf(id: string, asked: Charge, generation: number): NodeCharge | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    if (!isEqualCharge(row.newest, asked)) row.newest = row.record.tree.share(asked);
    return new NodeCharge(row.id, row, { charge: row.newest, sign: 1, generation });
  }

  /**
   * The change when a claim's charge is given back by the event `generation`, not made yet; undefined when it is more
   * than a change of figures.
   */
  releaseOf(id: string, charge: Charge, generation: number): NodeCharge | undefined {
    const row = this.#rows.get(id);
    if (row === undefined || !isPlainRelease(row.live?.node ?? row.record, charge)) return undefined;
    return new NodeCharge(row.id, row, { charge, sign: -1, generation });
  }

  /** Puts the node where the change leaves it. */
  charge(change: NodeCharge): void {
    const { key, record, added, count } = change;
    const row = this.#rowOf(key);
    if (row.record === record && row.added === added && added.length === count) {
      row.live ??= new LiveNode(record);
      row.live.post(change);
      row.added.push(change);
    } else {
      put(row, record, [...added.slice(0, count), change]);
    }
    if (row.added.length >= POSTINGS_KEPT) handOut(row);
  }

  /** Puts the node where the change found it. */
  uncharge({ key, record, added, count }: NodeCharge): void {
    put(this.#rowOf(key), record, added.slice(0, count));
  }

  #rowOf(id: string): Row {
    const row = this.#rows.get(id);
    if (row === undefined) throw new Error(`node ${id} is unknown`);
    return row;
  }

  keys(): MapIterator<string> {
    return this.#rows.keys();
  }

  *values(): MapIterator<Node> {
    for (const row of this.#rows.values()) yield handOut(row);
  }

  *entries(): MapIterator<[string, Node]> {
    for (const [id, row] of this.#rows) yield [id, handOut(row)];
  }

  [Symbol.iterator](): MapIterator<[string, Node]> {
    return this.entries();
  }

  forEach(look: (node: Node, id: string, nodes: ReadonlyMap<string, Node>) => void): void {
    for (const [id, node] of this.entries()) look(node, id, this);
  }
}

const put = (row: Row, record: Node, added: NodeCharge[]): void => {
  // Another record may have other providers.
  row.newest = NOTHING;
  row.record = record;
  row.added = added;
  row.live = undefined;
  if (added.length === 0) return;
  row.live = new LiveNode(record);
  for (const change of added) row.live.post(change);
};

const handOut = (row: Row): Node => {
  if (row.live !== undefined) {
    row.record = row.live.node;
    row.live = undefined;
    row.added = [];
  }
  return row.record;
};
