import type { Node } from './ledger.ts';
import { type Posting, withPostings } from './live-node.ts';
import type { ChargeLine } from './request.ts';

export type Charge = readonly ChargeLine[];

/** Where a node stands: its record as it was last handed out, and what claims have changed since, one entry each. */
export interface NodeStand {
  readonly record: Node;
  /** It only grows: whoever knows how many there were at a time keeps knowing them. */
  readonly added: readonly NodeCharge[];
}

/**
 * The change that a claim, or the release of one, makes to its node. It is a replacement of a record like others, but
 * both records are made when somebody asks for them: a fold puts many claims on a node between two looks at it.
 */
export class NodeCharge implements Posting {
  readonly table = 'nodes';
  readonly key: string;
  /** The node before: this record, and of `added` the first `count`. */
  readonly record: Node;
  readonly added: readonly NodeCharge[];
  readonly count: number;
  readonly charge: Charge;
  readonly sign: 1 | -1;
  readonly generation: number;
  #before: Node | undefined;
  #after: Node | undefined;

  /** The posting names only what the node has, and gives back only what is charged. */
  constructor(key: string, { record, added }: NodeStand, { charge, sign, generation }: Posting) {
    this.key = key;
    this.record = record;
    this.added = added;
    this.count = added.length;
    this.charge = charge;
    this.sign = sign;
    this.generation = generation;
  }

  get before(): Node {
    this.#before ??= withPostings(this.record, this.added.slice(0, this.count));
    return this.#before;
  }

  get after(): Node {
    this.#after ??= withPostings(this.before, [this]);
    return this.#after;
  }
}
