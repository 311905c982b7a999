import { headroomOf } from './arithmetic.ts';
import type { Inventory } from './ledger.ts';
import { sortedIds } from './order.ts';

/** The units nobody holds, lowest first. Empty for a fungible class. */
export const freeUnitsOf = (inventory: Inventory): readonly string[] => {
  if (inventory.units === undefined) return [];
  if (inventory.takenUnits.length === 0) return inventory.units;
  const taken = new Set(inventory.takenUnits);
  return inventory.units.filter((unit) => !taken.has(unit));
};

/** The most one claim could take here: headroom, and not more than the free units where the class names them. */
export const availableOf = (inventory: Inventory): number => {
  const headroom = headroomOf(inventory);
  return inventory.units === undefined ? headroom : Math.min(headroom, freeUnitsOf(inventory).length);
};

export const withUnits = (taken: readonly string[], units: readonly string[]): readonly string[] =>
  sortedIds([...taken, ...units]);

/** Gives each unit back once: within an atomic batch a unit may be taken again before it is given back. */
export const withoutUnits = (taken: readonly string[], units: readonly string[]): readonly string[] => {
  const returned = new Set(units);
  return taken.filter((unit) => !returned.delete(unit));
};
