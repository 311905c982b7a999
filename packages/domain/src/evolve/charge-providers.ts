import type { Inventory, Provider } from '../ledger.ts';
import type { Mutable } from '../mutable.ts';
import type { ChargeLine } from '../request.ts';
import { withoutUnits, withUnits } from '../units.ts';

/** A copy that is made and changed before anybody else sees it. */
type Draft = Mutable<Inventory>;

type DraftChange = (draft: Draft, line: ChargeLine) => void;

const addLine: DraftChange = (draft, line) => {
  draft.charged += line.amount;
  if (line.units !== undefined) draft.takenUnits = withUnits(draft.takenUnits, line.units);
};

const removeLine: DraftChange = (draft, line) => {
  draft.charged -= line.amount;
  if (draft.charged < 0)
    throw new Error(`release of ${line.amount} ${line.class} on ${line.provider} exceeds its charge`);
  if (line.units !== undefined) draft.takenUnits = withoutUnits(draft.takenUnits, line.units);
};

/** The place of a provider, searched from `start` on and around: charges are stored in provider order; −1 if none. */
export const providerPlace = (providers: readonly { readonly id: string }[], id: string, start: number): number => {
  for (let step = 0; step < providers.length; step += 1) {
    const place = (start + step) % providers.length;
    if (providers[place]?.id === id) return place;
  }
  return -1;
};

export const inventoryPlace = (inventories: readonly { readonly class: string }[], name: string): number => {
  for (let place = 0; place < inventories.length; place += 1) {
    if (inventories[place]?.class === name) return place;
  }
  return -1;
};

/** The place of the provider that a line charges. Throws an Error when there is nothing of that name to charge. */
const placeOf = (providers: readonly Provider[], line: ChargeLine, start: number): number => {
  const place = providerPlace(providers, line.provider, start);
  const provider = providers[place];
  if (provider === undefined) throw new Error(`no provider ${line.provider} to change a charge on`);
  if (inventoryPlace(provider.inventories, line.class) < 0) {
    throw new Error(`provider ${provider.id} has no ${line.class}`);
  }
  return place;
};

/**
 * Providers with what charges make of them. What they change is copied once, at the first change, and changed in place
 * from then on; the rest is shared with those it began with.
 */
export class ChargedProviders {
  readonly #before: readonly Provider[];
  readonly #drafts: Draft[][] = [];
  readonly #providers: Provider[];

  constructor(before: readonly Provider[]) {
    this.#before = before;
    this.#providers = before.slice();
  }

  /** As they are now: the same list, in their order, as long as nothing more is charged. */
  get providers(): readonly Provider[] {
    return this.#providers;
  }

  /** Throws an Error when a line names what there is not. */
  add(charge: readonly ChargeLine[]): void {
    this.#change(charge, addLine);
  }

  /** Throws as `add` does, and when less is charged. */
  remove(charge: readonly ChargeLine[]): void {
    this.#change(charge, removeLine);
  }

  #change(charge: readonly ChargeLine[], change: DraftChange): void {
    let place = 0;
    for (const line of charge) {
      place = placeOf(this.#before, line, place);
      const provider = this.#before[place];
      if (provider !== undefined) change(this.#draftOf(provider, place, line.class), line);
    }
  }

  #draftOf(provider: Provider, place: number, name: string): Draft {
    let inventories = this.#drafts[place];
    if (inventories === undefined) {
      inventories = provider.inventories.slice();
      this.#drafts[place] = inventories;
      this.#providers[place] = { ...provider, inventories };
    }
    const at = inventoryPlace(provider.inventories, name);
    const draft = inventories[at];
    if (draft === undefined) throw new Error(`there is no ${name} to change a charge on`);
    if (draft !== provider.inventories[at]) return draft;
    const copy: Draft = { ...draft };
    inventories[at] = copy;
    return copy;
  }
}

export const addCharge = (providers: readonly Provider[], charge: readonly ChargeLine[]): readonly Provider[] => {
  const charged = new ChargedProviders(providers);
  charged.add(charge);
  return charged.providers;
};

const isGone = (inventory: Inventory): boolean => inventory.isVanished && inventory.charged === 0;

/** What vanished from the reports goes for good when its last charge does. */
export const removeCharge = (providers: readonly Provider[], charge: readonly ChargeLine[]): readonly Provider[] => {
  const charged = new ChargedProviders(providers);
  charged.remove(charge);
  const released = charged.providers;
  if (!released.some((provider) => provider.inventories.some(isGone))) return released;
  return released
    .map((provider) => ({ ...provider, inventories: provider.inventories.filter((each) => !isGone(each)) }))
    .filter((provider) => !provider.isVanished || provider.inventories.length > 0);
};
