import type { Inventory, Provider } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { withoutUnits, withUnits } from '../units.ts';

/** A copy that is made and changed before anybody else sees it. */
type Draft = { -readonly [Field in keyof Inventory]: Inventory[Field] };

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
export const providerPlace = (providers: readonly Provider[], id: string, start: number): number => {
  for (let step = 0; step < providers.length; step += 1) {
    const place = (start + step) % providers.length;
    if (providers[place]?.id === id) return place;
  }
  return -1;
};

export const inventoryPlace = (inventories: readonly Inventory[], name: string): number => {
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

/** The copy of an inventory, which takes its place at the first change. */
const draftIn = (drafts: Draft[], inventories: readonly Inventory[], name: string): Draft => {
  const at = inventoryPlace(inventories, name);
  const draft = drafts[at];
  if (draft === undefined) throw new Error(`there is no ${name} to change a charge on`);
  if (draft !== inventories[at]) return draft;
  const copy: Draft = { ...draft };
  drafts[at] = copy;
  return copy;
};

/** What charges change is copied once, however many of their lines name it. */
const changeProviders = (
  providers: readonly Provider[],
  charges: readonly (readonly ChargeLine[])[],
  change: DraftChange,
): readonly Provider[] => {
  const changed = providers.slice();
  const drafts: Draft[][] = [];
  for (const charge of charges) {
    let place = 0;
    for (const line of charge) {
      place = placeOf(providers, line, place);
      const provider = providers[place];
      if (provider === undefined) continue;
      let inventories = drafts[place];
      if (inventories === undefined) {
        inventories = provider.inventories.slice();
        drafts[place] = inventories;
        changed[place] = { ...provider, inventories };
      }
      change(draftIn(inventories, provider.inventories, line.class), line);
    }
  }
  return changed;
};

export const addCharges = (
  providers: readonly Provider[],
  charges: readonly (readonly ChargeLine[])[],
): readonly Provider[] => changeProviders(providers, charges, addLine);

export const addCharge = (providers: readonly Provider[], charge: readonly ChargeLine[]): readonly Provider[] =>
  addCharges(providers, [charge]);

const isGone = (inventory: Inventory): boolean => inventory.isVanished && inventory.charged === 0;

/** What vanished from the reports goes for good when its last charge does. */
export const removeCharge = (providers: readonly Provider[], charge: readonly ChargeLine[]): readonly Provider[] => {
  const released = changeProviders(providers, [charge], removeLine);
  if (!released.some((provider) => provider.inventories.some(isGone))) return released;
  return released
    .map((provider) => ({ ...provider, inventories: provider.inventories.filter((each) => !isGone(each)) }))
    .filter((provider) => !provider.isVanished || provider.inventories.length > 0);
};
