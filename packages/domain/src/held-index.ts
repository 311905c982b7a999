/** Which instances are held on each node. */
export interface HeldInstances {
  /** To be told of every instance that comes to a node, once the table of instances has it there. */
  add(node: string, instance: string): void;
  /** Their ids, each once. */
  get(node: string): ReadonlySet<string>;
}

/** Keys that were added for a node; some may be held there no longer, some be there twice. */
interface Added<Key> {
  keys: Key[];
  /** At this length they are gone through. */
  limit: number;
}

const FIRST_LIMIT = 64;

const limitAfter = (keys: readonly unknown[]): number => Math.max(FIRST_LIMIT, 2 * keys.length);

/** The node that what a key stands for is held on; undefined when it is not held. */
interface Holders<Key> {
  holderOf(key: Key): string | undefined;
}

/**
 * Which instances are held on each node, by their ids or by another key that a table of them has. It is told of those
 * that come only: who asks gets those of them that the table still has there, so that neither a claim nor its end costs
 * more than the note of a key.
 */
export class HeldIndex<Key = string> {
  readonly #holders: Holders<Key>;
  readonly #added = new Map<string, Added<Key>>();

  constructor(holders: Holders<Key>) {
    this.#holders = holders;
  }

  add(node: string, key: Key): void {
    const added = this.#note(node, key);
    if (added.keys.length < added.limit) return;
    added.keys = [...this.#heldOf(node, added.keys)];
    added.limit = limitAfter(added.keys);
  }

  /** One that was held there when the index was kept: there is nothing yet to be gone through. */
  addKept(node: string, key: Key): void {
    const added = this.#note(node, key);
    added.limit = limitAfter(added.keys);
  }

  /** In the order in which they came. */
  get(node: string): ReadonlySet<Key> {
    return this.#heldOf(node, this.#added.get(node)?.keys ?? []);
  }

  #note(node: string, key: Key): Added<Key> {
    const known = this.#added.get(node);
    if (known !== undefined) {
      known.keys.push(key);
      return known;
    }
    const added = { keys: [key], limit: FIRST_LIMIT };
    this.#added.set(node, added);
    return added;
  }

  #heldOf(node: string, keys: readonly Key[]): ReadonlySet<Key> {
    return new Set(keys.filter((key) => this.#holders.holderOf(key) === node));
  }
}
