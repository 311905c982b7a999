import type { Node } from './ledger.ts';
import { type Charge, NodeCharge, withClaims } from './node-charge.ts';

/** Charges that nobody looks at are summed up after as many at the latest. */
const CHARGES_KEPT = 16;

interface Row {
  readonly id: string;
  record: Node;
  added: Charge[];
  generation: number;
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
 * The nodes by id. A claim costs the note of its charge; the record with it is made when the node is looked at, or when
 * many have come. Records, once handed out, never change.
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
    return row === undefined ? undefined : summedUp(row);
  }

  set(id: string, record: Node): void {
    const row = this.#rows.get(id);
    if (row === undefined) {
      this.#rows.set(id, { id, record, added: [], generation: record.generation, newest: NOTHING });
    } else {
      put(row, record, [], record.generation);
    }
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
    return new NodeCharge(row.id, row, row.newest, generation);
  }

  /** Puts the node where the change leaves it. */
  charge({ key, record, added, count, charge, generation }: NodeCharge): void {
    const row = this.#rowOf(key);
    if (row.record === record && row.added === added && added.length === count) {
      added.push(charge);
      row.generation = generation;
    } else {
      put(row, record, [...added.slice(0, count), charge], generation);
    }
    if (row.added.length >= CHARGES_KEPT) summedUp(row);
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
    for (const row of this.#rows.values()) yield summedUp(row);
  }

  *entries(): MapIterator<[string, Node]> {
    for (const [id, row] of this.#rows) yield [id, summedUp(row)];
  }

  [Symbol.iterator](): MapIterator<[string, Node]> {
    return this.entries();
  }

  forEach(look: (node: Node, id: string, nodes: ReadonlyMap<string, Node>) => void): void {
    for (const [id, node] of this.entries()) look(node, id, this);
  }
}

const put = (row: Row, record: Node, added: Charge[], generation: number): void => {
  // Another record may have other providers.
  row.newest = NOTHING;
  row.record = record;
  row.added = added;
  row.generation = generation;
};

const summedUp = (row: Row): Node => {
  if (row.added.length > 0) {
    row.record = withClaims(row.record, row.added, row.generation);
    row.added = [];
  }
  return row.record;
};
