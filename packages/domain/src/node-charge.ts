import type { Node } from './ledger.ts';
import type { ChargeLine } from './request.ts';

export type Charge = readonly ChargeLine[];

/** A node with the charges of some claims more; without any it is the same record. */
export const withClaims = (node: Node, charges: readonly Charge[], generation: number): Node =>
  charges.length === 0
    ? node
    : { ...node, tree: node.tree.chargeAll(charges), claimCount: node.claimCount + charges.length, generation };

/** Where a node stands: its record as somebody saw it last, and what claims have charged since, one entry each. */
export interface NodeStand {
  readonly record: Node;
  /** It only grows: whoever knows how many there were at a time keeps knowing them. */
  readonly added: Charge[];
  readonly generation: number;
}

/**
 * The change that a claim makes to its node. It is a replacement of a record like others, but both records are made
 * when somebody asks for them: a fold puts many claims on a node between two looks at it.
 */
export class NodeCharge {
  readonly table = 'nodes';
  readonly key: string;
  /** The node before: this record, and of `added` the first `count`. */
  readonly record: Node;
  readonly added: Charge[];
  readonly count: number;
  readonly generationBefore: number;
  readonly charge: Charge;
  readonly generation: number;
  #before: Node | undefined;
  #after: Node | undefined;

  /** @param charge names only what the node has. */
  constructor(key: string, { record, added, generation: before }: NodeStand, charge: Charge, generation: number) {
    this.key = key;
    this.record = record;
    this.added = added;
    this.count = added.length;
    this.generationBefore = before;
    this.charge = charge;
    this.generation = generation;
  }

  get before(): Node {
    this.#before ??= withClaims(this.record, this.added.slice(0, this.count), this.generationBefore);
    return this.#before;
  }

  get after(): Node {
    this.#after ??= withClaims(this.before, [this.charge], this.generation);
    return this.#after;
  }
}
