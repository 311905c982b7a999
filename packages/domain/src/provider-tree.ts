import { addCharge, removeCharge } from './evolve/charge-providers.ts';
import { SharedLines } from './evolve/shared-lines.ts';
import type { Provider } from './ledger.ts';
import type { ChargeLine } from './request.ts';

const hasSameInventories = (left: readonly Provider[], right: readonly Provider[]): boolean =>
  left.length === right.length &&
  left.every((provider, place) => provider.inventories.length === right[place]?.inventories.length);

/** The providers of a node with what is charged on them; never changes. */
export class ProviderTree {
  /** Root first, then by id (shorter first, then by code unit); vanished ones last. */
  readonly providers: readonly Provider[];
  readonly #lines: SharedLines;

  private constructor(providers: readonly Provider[], lines: SharedLines) {
    this.providers = providers;
    this.#lines = lines;
  }

  /** @param providers in their order. */
  static of(providers: readonly Provider[]): ProviderTree {
    return new ProviderTree(providers, new SharedLines());
  }

  /** The same providers with other charges, in the same words. */
  over(providers: readonly Provider[]): ProviderTree {
    return new ProviderTree(providers, this.#lines);
  }

  /** Throws an Error when a line names what the tree does not have. */
  charge(charge: readonly ChargeLine[]): ProviderTree {
    return this.over(addCharge(this.providers, charge));
  }

  /** What vanished from the reports goes with its last charge. Throws an Error when less is charged. */
  free(charge: readonly ChargeLine[]): ProviderTree {
    if (charge.length === 0) return this;
    const providers = removeCharge(this.providers, charge);
    // Lines that are known may name what is gone.
    return new ProviderTree(providers, hasSameInventories(providers, this.providers) ? this.#lines : new SharedLines());
  }

  /** In the tree's own words, so that a million claims keep no copies of its names. Throws as `charge` does. */
  share(charge: readonly ChargeLine[]): readonly ChargeLine[] {
    return this.#lines.share(this.providers, charge);
  }
}
