import type { Inventory, Provider } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { withoutUnits, withUnits } from '../units.ts';

type InventoryChange = (inventory: Inventory, line: ChargeLine) => Inventory;

const addLine: InventoryChange = (inventory, line) => ({
  ...inventory,
  charged: inventory.charged + line.amount,
  takenUnits: line.units === undefined ? inventory.takenUnits : withUnits(inventory.takenUnits, line.units),
});

const removeLine: InventoryChange = (inventory, line) => {
  const charged = inventory.charged - line.amount;
  if (charged < 0) throw new Error(`release of ${line.amount} ${line.class} on ${line.provider} exceeds its charge`);
  const takenUnits = line.units === undefined ? inventory.takenUnits : withoutUnits(inventory.takenUnits, line.units);
  return { ...inventory, charged, takenUnits };
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
export const placeOf = (providers: readonly Provider[], line: ChargeLine, start: number): number => {
  const place = providerPlace(providers, line.provider, start);
  const provider = providers[place];
  if (provider === undefined) throw new Error(`no provider ${line.provider} to change a charge on`);
  if (inventoryPlace(provider.inventories, line.class) < 0) {
    throw new Error(`provider ${provider.id} has no ${line.class}`);
  }
  return place;
};

/** Every provider that charges change is copied once, however many of their lines name it. */
const changeProviders = (
  providers: readonly Provider[],
  charges: readonly (readonly ChargeLine[])[],
  change: InventoryChange,
): readonly Provider[] => {
  const changed = new Map<number, Inventory[]>();
  for (const charge of charges) {
    let start = 0;
    for (const line of charge) {
      start = placeOf(providers, line, start);
      const inventories = changed.get(start) ?? providers[start]?.inventories.slice() ?? [];
      const place = inventoryPlace(inventories, line.class);
      const inventory = inventories[place];
      if (inventory !== undefined) inventories[place] = change(inventory, line);
      changed.set(start, inventories);
    }
  }
  return providers.map((provider, place) => {
    const inventories = changed.get(place);
    return inventories === undefined ? provider : { ...provider, inventories };
  });
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
