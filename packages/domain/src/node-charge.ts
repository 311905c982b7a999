import type { Node } from './ledger.ts';
import { type Posting, Released, withPostings } from './live-node.ts';
import type { ChargeLine } from './request.ts';

export type Charge = readonly ChargeLine[];

/** Where a node stands: its record as it was last handed out, and what claims have changed since, one entry each. */
export interface NodeStand {
  readonly record: Node;
  /** It only grows: whoever knows how many there were at a time keeps knowing them. */
  readonly added: readonly Posting[];
  readonly generation: number;
}

/**
 * The change that a claim, or the end of one, makes to its node. It is a replacement of a record like others, but both
 * records are made when somebody asks for them: a fold puts many claims on a node between two looks at it.
 */
export class NodeCharge {
  readonly table = 'nodes';
  readonly key: string;
  /** The node before: this record, and of `added` the first `count`. */
  readonly record: Node;
  readonly added: readonly Posting[];
  readonly count: number;
  readonly generationBefore: number;
  readonly posting: Posting;
  readonly generation: number;
  #before: Node | undefined;
  #after: Node | undefined;

  /** @param posting names only what the node has, and gives back only what is charged. */
  constructor(key: string, { record, added, generation: before }: NodeStand, posting: Posting, generation: number) {
    this.key = key;
    this.record = record;
    this.added = added;
    this.count = added.length;
    this.generationBefore = before;
    this.posting = posting;
    this.generation = generation;
  }

  /** What is charged or given back. */
  get charge(): Charge {
    return this.posting instanceof Released ? this.posting.charge : this.posting;
  }

  get before(): Node {
    this.#before ??= withPostings(this.record, this.added.slice(0, this.count), this.generationBefore);
    return this.#before;
  }

  get after(): Node {
    this.#after ??= withPostings(this.before, [this.posting], this.generation);
    return this.#after;
  }
}
