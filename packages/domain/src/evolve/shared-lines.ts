import type { Provider } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { inventoryPlace, providerPlace } from './charge-providers.ts';

const SLOTS_PER_PROVIDER = 4;

/**
 * One record for equal lines that follow each other on an inventory, and one list for equal charges that follow each
 * other on a node. Read from the log each is a fresh copy with names of its own, and a million claims would keep them
 * all.
 */
export class SharedLines {
  /** The newest line by the places of provider and inventory; large providers share theirs with the next. */
  readonly #newest: (ChargeLine | undefined)[] = [];
  #newestCharge: readonly ChargeLine[] = [];

  /** Throws an Error when a line names what the providers lack. */
  share(providers: readonly Provider[], charge: readonly ChargeLine[]): readonly ChargeLine[] {
    const known = this.#newestCharge;
    // Made with the first line that the newest charge does not have in the same place.
    let lines: ChargeLine[] | undefined;
    let place = 0;
    let count = 0;
    for (const line of charge) {
      place = providerPlace(providers, line.provider, place);
      const shared = this.#lineAt(providers[place], place, line);
      if (lines === undefined && known[count] !== shared) lines = known.slice(0, count);
      lines?.push(shared);
      count += 1;
    }
    this.#newestCharge = lines ?? (known.length === count ? known : known.slice(0, count));
    return this.#newestCharge;
  }

  #lineAt(provider: Provider | undefined, place: number, line: ChargeLine): ChargeLine {
    const at = provider === undefined ? -1 : inventoryPlace(provider.inventories, line.class);
    const inventory = provider?.inventories[at];
    if (provider === undefined || inventory === undefined) {
      throw new Error(`there is no ${line.class} of ${line.provider} to charge`);
    }
    return this.#shared(place * SLOTS_PER_PROVIDER + at, provider.id, inventory.class, line);
  }

  #shared(slot: number, provider: string, name: string, { amount, units }: ChargeLine): ChargeLine {
    if (units !== undefined) return { provider, class: name, amount, units };
    const newest = this.#newest[slot];
    // The slot may have been another's when it was made.
    if (newest?.amount === amount && newest.provider === provider && newest.class === name) return newest;
    const line = { provider, class: name, amount };
    this.#newest[slot] = line;
    return line;
  }
}
