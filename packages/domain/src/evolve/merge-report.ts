import { capacityOf, RATIO_ONE_MILLIONTHS } from '../arithmetic.ts';
import type {
  FlatReport,
  FlatTotal,
  FullReport,
  InventoryPolicy,
  ReportedInventory,
  ReportedProvider,
} from '../command.ts';
import type { Inventory, Node, NodeSettings, Provider } from '../ledger.ts';
import { compareIds, compareText, sortedIds, sortedTexts } from '../order.ts';
import { internName } from './intern.ts';
import { addedInventories, policyOf, targetOf } from './settings.ts';

/** One for all: most classes name no units. */
const NO_UNITS: readonly string[] = [];

/** What a tree is merged into: the node's own records, and what its operators fixed. */
export type Merging = NodeSettings & Pick<Node, 'id' | 'tree'>;

/** The figures a report states for one inventory, with those it leaves out kept or defaulted. */
export const resolveFigures = (
  reported: ReportedInventory,
  previous: Inventory | undefined,
  policy: InventoryPolicy | undefined,
): Omit<Inventory, 'units' | 'capacity' | 'isVanished' | 'charged' | 'takenUnits'> => ({
  class: reported.class,
  total: reported.total,
  reserved: reported.reserved ?? previous?.reserved ?? policy?.reserved ?? 0,
  minUnit: reported.minUnit ?? 1,
  maxUnit: reported.maxUnit ?? Number.MAX_SAFE_INTEGER,
  stepSize: reported.stepSize ?? 1,
  allocationRatioMillionths:
    reported.allocationRatioMillionths ??
    previous?.allocationRatioMillionths ??
    policy?.allocationRatioMillionths ??
    RATIO_ONE_MILLIONTHS,
});

const mergeInventory = (
  reported: ReportedInventory,
  previous: Inventory | undefined,
  policy: InventoryPolicy | undefined,
): Inventory => {
  const figures = resolveFigures(reported, previous, policy);
  const { class: name, total, reserved, minUnit, maxUnit, stepSize, allocationRatioMillionths } = figures;
  const capacity = capacityOf(figures);
  const charged = previous?.charged ?? 0;
  const takenUnits = previous?.takenUnits ?? NO_UNITS;
  // In one literal: V8 puts fields that come later into a second object, and every claim reads these.
  const inventory: Inventory = {
    class: internName(name),
    total,
    reserved,
    minUnit,
    maxUnit,
    stepSize,
    allocationRatioMillionths,
    capacity,
    isVanished: false,
    charged,
    takenUnits,
  };
  const { units = NO_UNITS } = reported;
  // An empty list names none: to the digest both are one, and so they are to every decision.
  return units.length === 0 ? inventory : { ...inventory, units: sortedIds(units) };
};

/** Charged inventories that nobody states any more stay, because something still holds them; they offer nothing. */
const vanishedInventories = (inventories: readonly Inventory[], isStated: (name: string) => boolean): Inventory[] =>
  inventories
    .filter((inventory) => inventory.charged > 0 && !isStated(inventory.class))
    .map(({ isOverlay: _, ...inventory }) => ({ ...inventory, capacity: 0, isVanished: true }));

/** A provider as its driver has it: without the overlay, and without what vanished. */
type Driven = Omit<Provider, 'overlayTraits' | 'isVanished'>;

const drivenBy = ({ overlayTraits = [], isVanished: _, ...provider }: Provider): Driven => ({
  ...provider,
  traits: provider.traits.filter((trait) => !overlayTraits.includes(trait)),
  inventories: provider.inventories.filter((inventory) => !inventory.isOverlay && !inventory.isVanished),
});

/** Adds to what the driver has what the overlay says, and what is still charged on the provider so far. */
const compose = (settings: NodeSettings, driven: Driven, previous: Provider | undefined): Provider =>
  settings.overlay === undefined && previous === undefined
    ? { ...driven, inventories: sortedByClass(driven.inventories), isVanished: false }
    : composeWith(settings, driven, previous);

const sortedByClass = (inventories: readonly Inventory[]): readonly Inventory[] =>
  inventories.toSorted((left, right) => compareText(left.class, right.class));

const composeWith = (settings: NodeSettings, driven: Driven, previous: Provider | undefined): Provider => {
  const known = new Map(previous?.inventories.map((inventory) => [inventory.class, inventory]));
  const added = addedInventories(settings, driven, driven.inventories).map(
    (inventory): Inventory => ({
      ...mergeInventory(inventory, known.get(inventory.class), policyOf(settings, driven.id, inventory.class)),
      isOverlay: true,
    }),
  );
  const stated = [...driven.inventories, ...added];
  const classes = new Set(stated.map((inventory) => inventory.class));
  const vanished = vanishedInventories(previous?.inventories ?? [], (name) => classes.has(name));
  const own = new Set(driven.traits);
  const overlayTraits = sortedTexts(targetOf(settings, driven)?.traits ?? []).filter((trait) => !own.has(trait));
  return {
    ...driven,
    ...(overlayTraits.length === 0 ? {} : { overlayTraits }),
    traits: overlayTraits.length === 0 ? driven.traits : sortedTexts([...driven.traits, ...overlayTraits]),
    inventories: sortedByClass([...stated, ...vanished]),
    isVanished: false,
  };
};

const drivenOf = (settings: NodeSettings, reported: ReportedProvider, previous: Provider | undefined): Driven => {
  const known = new Map(previous?.inventories.map((inventory) => [inventory.class, inventory]));
  const setting = settings.aggregates?.find((each) => each.provider === reported.id);
  return {
    id: reported.id,
    ...(reported.parent === undefined ? {} : { parent: reported.parent }),
    traits: sortedTexts(reported.traits ?? []),
    aggregates: sortedTexts(reported.aggregates ?? setting?.aggregates ?? []),
    inventories: reported.inventories.map((inventory) =>
      mergeInventory(inventory, known.get(inventory.class), policyOf(settings, reported.id, inventory.class)),
    ),
  };
};

/**
 * The provider tree after a full report. The order is the ledger's own (root first, then by id, vanished ones last):
 * an agent that lists its devices in another order has nothing new to say.
 */
const mergeTree = (node: Merging, reported: readonly ReportedProvider[]): readonly Provider[] => {
  const known = new Map(node.tree.providers.map((provider) => [provider.id, provider]));
  const reportedIds = new Set(reported.map((provider) => provider.id));
  const present = reported
    .map((provider) => {
      const previous = known.get(provider.id);
      return compose(node, drivenOf(node, provider, previous), previous);
    })
    .sort(
      (left, right) =>
        Number(left.parent !== undefined) - Number(right.parent !== undefined) || compareIds(left.id, right.id),
    );
  const vanished = node.tree.providers
    .filter((provider) => !reportedIds.has(provider.id))
    .map(({ overlayTraits: _, ...provider }) => ({
      ...provider,
      inventories: vanishedInventories(provider.inventories, () => false),
      isVanished: true,
    }))
    .filter((provider) => provider.inventories.length > 0)
    .sort((left, right) => compareIds(left.id, right.id));
  return [...present, ...vanished];
};

export const rootOf = (providers: readonly Provider[]): Provider | undefined =>
  providers.find((provider) => provider.parent === undefined && !provider.isVanished);

/** Only the total is news: the other figures of an inventory that its driver stated before stay. */
const withTotal = (settings: NodeSettings, root: Provider, { class: name, total }: FlatTotal): Inventory => {
  const previous = root.inventories.find((inventory) => inventory.class === name);
  if (previous === undefined || previous.isVanished || previous.isOverlay) {
    return mergeInventory({ class: name, total }, previous, policyOf(settings, root.id, name));
  }
  const figures = { ...previous, total };
  return { ...figures, capacity: capacityOf(figures) };
};

/** The provider tree after a flat report: new totals at the root. Before any other report the root is the node. */
const mergeTotals = (node: Merging, totals: readonly FlatTotal[]): readonly Provider[] => {
  const root = rootOf(node.tree.providers);
  if (root === undefined) return mergeTree(node, [{ id: node.id, inventories: totals }]);
  const driven = drivenBy(root);
  const news = new Map(totals.map((each) => [each.class, withTotal(node, root, each)]));
  const kept = driven.inventories.filter((inventory) => !news.has(inventory.class));
  const merged = compose(node, { ...driven, inventories: [...kept, ...news.values()] }, root);
  return node.tree.providers.map((provider) => (provider === root ? merged : provider));
};

/** The provider tree after a report that states totals. */
export const mergeReport = (node: Merging, report: FullReport | FlatReport): readonly Provider[] =>
  report.mode === 'full' ? mergeTree(node, report.providers) : mergeTotals(node, report.totals);

/** The provider tree as an overlay leaves it, with what the driver has unchanged. */
export const mergeOverlay = (node: Merging): readonly Provider[] =>
  node.tree.providers.map((provider) => (provider.isVanished ? provider : compose(node, drivenBy(provider), provider)));
