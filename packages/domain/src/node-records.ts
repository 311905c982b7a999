import type { Node } from './ledger.ts';
import { isPlainRelease, LiveNode, type Posting, Released } from './live-node.ts';
import { type Charge, NodeCharge } from './node-charge.ts';

/** After as many postings a record is made of them, though nobody asked for it: what leads to it is kept until then. */
const POSTINGS_KEPT = 64;

interface Row {
  readonly id: string;
  /** As it was last handed out. */
  record: Node;
  /** What claims and their ends have changed since. */
  added: Posting[];
  /** Of the newest of them, or of the record. */
  generation: number;
  /** The record with the first `posted` of `added`; undefined while that is none. Nobody is handed it for good. */
  live: LiveNode | undefined;
  posted: number;
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
 * The nodes by id. A claim or its end costs a note; who looks at the node finds the figures changed in place, and who
 * asks for its record, for good, gets one made of them. Records, once handed out, never change.
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
    return row === undefined ? undefined : posted(row);
  }

  set(id: string, record: Node): void {
    const row = this.#rows.get(id);
    if (row === undefined) {
      const { generation } = record;
      this.#rows.set(id, { id, record, added: [], generation, live: undefined, posted: 0, newest: NOTHING });
    } else {
      put(row, record, [], record.generation);
    }
  }

  delete(id: string): boolean {
    return this.#rows.delete(id);
  }

  /**
   * A node's id and a charge on it in the words of the node itself, so that a million claims keep no copies of them;
   * undefined when there is no such node. Throws as `chargeOf` does.
   */
  share(id: string, charge: Charge): { readonly node: string; readonly charge: Charge } | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : { node: row.id, charge: inItsWords(row, charge) };
  }

  /**
   * The change of a claim by the event `generation`, not made yet; undefined when there is no such node. Throws an
   * Error when a line names what the node does not have.
   */
  chargeOf(id: string, asked: Charge, generation: number): NodeCharge | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : new NodeCharge(row.id, row, inItsWords(row, asked), generation);
  }

  /**
   * The change when a claim's charge is given back by the event `generation`, not made yet; undefined when it is more
   * than a change of figures.
   */
  releaseOf(id: string, charge: Charge, generation: number): NodeCharge | undefined {
    const row = this.#rows.get(id);
    if (row === undefined || !isPlainRelease(posted(row), charge)) return undefined;
    return new NodeCharge(row.id, row, new Released(charge), generation);
  }

  /** Puts the node where the change leaves it. */
  charge({ key, record, added, count, posting, generation }: NodeCharge): void {
    const row = this.#rowOf(key);
    if (row.record === record && row.added === added && added.length === count) {
      row.added.push(posting);
      row.generation = generation;
    } else {
      put(row, record, [...added.slice(0, count), posting], generation);
    }
    if (row.added.length >= POSTINGS_KEPT) handOut(row);
  }

  /** Puts the node where the change found it. */
  uncharge({ key, record, added, count, generationBefore }: NodeCharge): void {
    put(this.#rowOf(key), record, added.slice(0, count), generationBefore);
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

const inItsWords = (row: Row, charge: Charge): Charge => {
  if (!isEqualCharge(row.newest, charge)) row.newest = row.record.tree.share(charge);
  return row.newest;
};

const put = (row: Row, record: Node, added: Posting[], generation: number): void => {
  // Another record may have other providers.
  row.newest = NOTHING;
  row.record = record;
  row.added = added;
  row.generation = generation;
  row.live = undefined;
  row.posted = 0;
};

/** The node as it is now, changed in place by the next one. */
const posted = (row: Row): Node => {
  if (row.added.length > row.posted) {
    row.live ??= new LiveNode(row.record);
    row.live.post(row.added, row.posted, row.generation);
    row.posted = row.added.length;
  }
  return row.live?.node ?? row.record;
};

const handOut = (row: Row): Node => {
  if (row.added.length > 0) {
    row.record = posted(row);
    row.live = undefined;
    row.added = [];
    row.posted = 0;
  }
  return row.record;
};
