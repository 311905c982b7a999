import { capacityOf, RATIO_ONE_MILLIONTHS } from '../arithmetic.ts';
import type { ReportedInventory, ReportedProvider } from '../command.ts';
import type { Inventory, Provider } from '../ledger.ts';
import { compareIds, compareText, sortedIds, sortedTexts } from '../order.ts';

/** The figures a report states for one inventory, with those it leaves out kept or defaulted. */
export const resolveFigures = (
  reported: ReportedInventory,
  previous: Inventory | undefined,
): Omit<Inventory, 'units' | 'capacity' | 'isVanished' | 'charged' | 'takenUnits'> => ({
  class: reported.class,
  total: reported.total,
  reserved: reported.reserved ?? previous?.reserved ?? 0,
  minUnit: reported.minUnit ?? 1,
  maxUnit: reported.maxUnit ?? Number.MAX_SAFE_INTEGER,
  stepSize: reported.stepSize ?? 1,
  allocationRatioMillionths:
    reported.allocationRatioMillionths ?? previous?.allocationRatioMillionths ?? RATIO_ONE_MILLIONTHS,
});

const mergeInventory = (reported: ReportedInventory, previous: Inventory | undefined): Inventory => {
  const figures = resolveFigures(reported, previous);
  return {
    ...figures,
    ...(reported.units === undefined ? {} : { units: sortedIds(reported.units) }),
    capacity: capacityOf(figures),
    isVanished: false,
    charged: previous?.charged ?? 0,
    takenUnits: previous?.takenUnits ?? [],
  };
};

/** Charged inventories that a report leaves out stay, because something still holds them; they offer nothing. */
const vanishedInventories = (inventories: readonly Inventory[], isReported: (name: string) => boolean): Inventory[] =>
  inventories
    .filter((inventory) => inventory.charged > 0 && !isReported(inventory.class))
    .map((inventory) => ({ ...inventory, capacity: 0, isVanished: true }));

const mergeProvider = (reported: ReportedProvider, previous: Provider | undefined): Provider => {
  const known = new Map(previous?.inventories.map((inventory) => [inventory.class, inventory]));
  const classes = new Set(reported.inventories.map((inventory) => inventory.class));
  const inventories = [
    ...reported.inventories.map((inventory) => mergeInventory(inventory, known.get(inventory.class))),
    ...vanishedInventories(previous?.inventories ?? [], (name) => classes.has(name)),
  ];
  return {
    id: reported.id,
    ...(reported.parent === undefined ? {} : { parent: reported.parent }),
    traits: sortedTexts(reported.traits ?? []),
    aggregates: sortedTexts(reported.aggregates ?? []),
    inventories: inventories.sort((left, right) => compareText(left.class, right.class)),
    isVanished: false,
  };
};

/**
 * The provider tree after a report. The order is the ledger's own (root first, then by id, vanished ones last):
 * an agent that lists its devices in another order has nothing new to say.
 */
export const mergeReport = (
  previous: readonly Provider[],
  reported: readonly ReportedProvider[],
): readonly Provider[] => {
  const known = new Map(previous.map((provider) => [provider.id, provider]));
  const reportedIds = new Set(reported.map((provider) => provider.id));
  const present = reported
    .map((provider) => mergeProvider(provider, known.get(provider.id)))
    .sort(
      (left, right) =>
        Number(left.parent !== undefined) - Number(right.parent !== undefined) || compareIds(left.id, right.id),
    );
  const vanished = previous
    .filter((provider) => !reportedIds.has(provider.id))
    .map((provider) => ({
      ...provider,
      inventories: vanishedInventories(provider.inventories, () => false),
      isVanished: true,
    }))
    .filter((provider) => provider.inventories.length > 0)
    .sort((left, right) => compareIds(left.id, right.id));
  return [...present, ...vanished];
};
