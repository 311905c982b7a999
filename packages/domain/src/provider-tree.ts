import { addCharges, placeOf, removeCharge } from './evolve/charge-providers.ts';
import { SharedLines } from './evolve/shared-lines.ts';
import type { Provider } from './ledger.ts';
import type { ChargeLine } from './request.ts';

/** A tree that nobody looks at is summed up after as many charges at the latest. */
const CHARGES_KEPT = 16;

/**
 * The providers of a node with what is charged on them; never changes. Where nobody looks, charges are only kept at
 * first and summed up later, several at once: a fold adds many that nobody looks at in between.
 */
export class ProviderTree {
  /** The providers before the charges that are kept. */
  #start: readonly Provider[];
  /** The tree without the newest charge; undefined when none is kept. */
  #before: ProviderTree | undefined;
  #charge: readonly ChargeLine[] | undefined;
  #kept = 0;
  #isLookedAt = false;
  readonly #lines: SharedLines;

  private constructor(start: readonly Provider[], lines: SharedLines) {
    this.#start = start;
    this.#lines = lines;
  }

  /** @param providers in their order. */
  static of(providers: readonly Provider[]): ProviderTree {
    return new ProviderTree(providers, new SharedLines());
  }

  /** Root first, then by id (shorter first, then by code unit); vanished ones last. */
  get providers(): readonly Provider[] {
    this.#isLookedAt = true;
    if (this.#before !== undefined) this.#sumUp();
    return this.#start;
  }

  /** The same providers with figures that may be behind: for those who only need the names. */
  get outline(): readonly Provider[] {
    return this.#start;
  }

  /** Throws an Error when a line names what the tree does not have. */
  charge(charge: readonly ChargeLine[]): ProviderTree {
    let place = 0;
    for (const line of charge) place = placeOf(this.#start, line, place);
    return this.#with(charge);
  }

  /** A charge as `share` gives it, and the tree with it. Throws as `charge` does. */
  take(asked: readonly ChargeLine[]): { readonly charge: readonly ChargeLine[]; readonly tree: ProviderTree } {
    const charge = this.share(asked);
    return { charge, tree: this.#with(charge) };
  }

  /** What vanished from the reports goes with its last charge. Throws an Error when less is charged. */
  free(charge: readonly ChargeLine[]): ProviderTree {
    return charge.length === 0 ? this : new ProviderTree(removeCharge(this.providers, charge), this.#lines);
  }

  /** In the tree's own words, so that a million claims keep no copies of its names. Throws as `charge` does. */
  share(charge: readonly ChargeLine[]): readonly ChargeLine[] {
    return this.#lines.share(this.#start, charge);
  }

  #with(charge: readonly ChargeLine[]): ProviderTree {
    const tree = new ProviderTree(this.#start, this.#lines);
    tree.#before = this;
    tree.#charge = charge;
    tree.#kept = this.#kept + 1;
    // Who looked at this tree will look at that one, and has everything at hand now.
    if (this.#isLookedAt || tree.#kept >= CHARGES_KEPT) tree.#sumUp();
    return tree;
  }

  #sumUp(): void {
    const charges: (readonly ChargeLine[])[] = [];
    let tree: ProviderTree = this;
    while (tree.#before !== undefined) {
      charges.push(tree.#charge ?? []);
      tree = tree.#before;
    }
    this.#start = addCharges(tree.#start, charges.reverse());
    this.#before = undefined;
    this.#charge = undefined;
    this.#kept = 0;
  }
}
