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

/** The place of the wanted element, searched from `start` on and around: charges are stored in provider order. */
const indexFrom = <Element>(
  list: readonly Element[],
  start: number,
  isWanted: (element: Element) => boolean,
): number => {
  for (let step = 0; step < list.length; step += 1) {
    const index = (start + step) % list.length;
    const element = list[index];
    if (element !== undefined && isWanted(element)) return index;
  }
  return -1;
};

const changeProvider = (provider: Provider, line: ChargeLine, change: InventoryChange): Provider => {
  const place = indexFrom(provider.inventories, 0, (inventory) => inventory.class === line.class);
  const inventory = provider.inventories[place];
  if (inventory === undefined) throw new Error(`provider ${provider.id} has no ${line.class}`);
  const inventories = provider.inventories.slice();
  inventories[place] = change(inventory, line);
  return { ...provider, inventories };
};

const changeProviders = (
  providers: readonly Provider[],
  charge: readonly ChargeLine[],
  change: InventoryChange,
): Provider[] => {
  const changed = providers.slice();
  let place = 0;
  for (const line of charge) {
    place = indexFrom(changed, place, (provider) => provider.id === line.provider);
    const provider = changed[place];
    if (provider === undefined) throw new Error(`no provider ${line.provider} to change a charge on`);
    changed[place] = changeProvider(provider, line, change);
  }
  return changed;
};

/**
 * A charge whose names are the node's own strings: read from the log each line brings fresh copies, and a million
 * claims would keep them all. Lines that name what the node lacks stay as they are.
 */
export const shareNames = (providers: readonly Provider[], charge: readonly ChargeLine[]): readonly ChargeLine[] => {
  let place = 0;
  return charge.map((line) => {
    place = Math.max(
      0,
      indexFrom(providers, place, (provider) => provider.id === line.provider),
    );
    const provider = providers[place];
    const inventory = provider?.inventories.find((each) => each.class === line.class);
    if (provider?.id !== line.provider || inventory === undefined) return line;
    const names = { provider: provider.id, class: inventory.class, amount: line.amount };
    return line.units === undefined ? names : { ...names, units: line.units };
  });
};

export const addCharge = (providers: readonly Provider[], charge: readonly ChargeLine[]): readonly Provider[] =>
  changeProviders(providers, charge, addLine);

const isGone = (inventory: Inventory): boolean => inventory.isVanished && inventory.charged === 0;

/** What vanished from the reports goes for good when its last charge does. */
export const removeCharge = (providers: readonly Provider[], charge: readonly ChargeLine[]): readonly Provider[] => {
  const released = changeProviders(providers, charge, removeLine);
  if (!released.some((provider) => provider.inventories.some(isGone))) return released;
  return released
    .map((provider) => ({ ...provider, inventories: provider.inventories.filter((each) => !isGone(each)) }))
    .filter((provider) => !provider.isVanished || provider.inventories.length > 0);
};
