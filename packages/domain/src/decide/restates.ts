import type { FullReport, ReportedInventory, ReportedProvider } from '../command.ts';
import { inventoryPlace, providerPlace } from '../evolve/charge-providers.ts';
import { type Merging, resolveFigures } from '../evolve/merge-report.ts';
import type { Inventory, Provider } from '../ledger.ts';

const NONE: readonly string[] = [];

const isSameList = (known: readonly string[], stated: readonly string[]): boolean => {
  if (known.length !== stated.length) return false;
  for (let place = 0; place < known.length; place += 1) if (known[place] !== stated[place]) return false;
  return true;
};

const isSameUnits = ({ units, total }: Inventory, stated: readonly string[] | undefined): boolean =>
  units === undefined || stated === undefined ? units === stated : units.length === total && isSameList(units, stated);

const isSameInventory = (known: Inventory, stated: ReportedInventory): boolean => {
  // What is known goes before what an operator fixed.
  const figures = resolveFigures(stated, known, undefined);
  return (
    !known.isVanished &&
    known.isOverlay === undefined &&
    known.total === figures.total &&
    known.reserved === figures.reserved &&
    known.minUnit === figures.minUnit &&
    known.maxUnit === figures.maxUnit &&
    known.stepSize === figures.stepSize &&
    known.allocationRatioMillionths === figures.allocationRatioMillionths &&
    isSameUnits(known, stated.units)
  );
};

const isSameProvider = (known: Provider, stated: ReportedProvider): boolean => {
  const { inventories } = known;
  if (known.isVanished || known.parent !== stated.parent || inventories.length !== stated.inventories.length) {
    return false;
  }
  if (!isSameList(known.traits, stated.traits ?? NONE) || !isSameList(known.aggregates, stated.aggregates ?? NONE)) {
    return false;
  }
  for (const inventory of inventories) {
    const again = stated.inventories[inventoryPlace(stated.inventories, inventory.class)];
    if (again === undefined || !isSameInventory(inventory, again)) return false;
  }
  return true;
};

/**
 * Whether a report says what the ledger has, seen without merging it: true only where it breaks no rule and the merged
 * tree would be the same. False says nothing: where an operator has a hand in the tree, something has vanished, or
 * lists come in another order than the ledger's, only the merged tree tells. Most reports of a fleet are such.
 */
export const restatesTree = (node: Merging, { providers: stated }: Pick<FullReport, 'providers'>): boolean => {
  const { providers } = node.tree;
  if (node.overlay !== undefined || node.aggregates !== undefined || providers.length !== stated.length) return false;
  // As many, and each found once: none is stated twice, and none is new.
  for (const [place, provider] of providers.entries()) {
    const again = stated[providerPlace(stated, provider.id, place)];
    if (again === undefined || !isSameProvider(provider, again)) return false;
  }
  return true;
};
