import type { Inventory, Node, Provider } from '../ledger.ts';
import type { TraitDemand } from '../request.ts';
import { availableOf } from '../units.ts';
import type { Item, Need } from './items.ts';
import { type FitRule, rankOf } from './result.ts';

/** The inventory a provider offers for a class; vanished ones are never offered. */
export const offeredOf = (provider: Provider, name: string): Inventory | undefined => {
  if (provider.isVanished) return undefined;
  for (const inventory of provider.inventories) {
    if (inventory.class === name) return inventory.isVanished ? undefined : inventory;
  }
  return undefined;
};

/** The first trait rule that a set of traits breaks. */
const brokenTraitRule = (
  demand: TraitDemand | undefined,
  hasTrait: (trait: string) => boolean,
): 'TRAIT_MISSING' | 'TRAIT_FORBIDDEN' | undefined => {
  if (demand === undefined) return undefined;
  if (demand.required?.some((trait) => !hasTrait(trait))) return 'TRAIT_MISSING';
  if (demand.anyOf?.some((traits) => !traits.some(hasTrait))) return 'TRAIT_MISSING';
  if (demand.forbidden?.some(hasTrait)) return 'TRAIT_FORBIDDEN';
  return undefined;
};

/** The first trait rule of a default group that the whole tree breaks. */
export const brokenTreeRule = (
  node: Node,
  demand: TraitDemand | undefined,
): 'TRAIT_MISSING' | 'TRAIT_FORBIDDEN' | undefined =>
  demand === undefined
    ? undefined
    : brokenTraitRule(demand, (trait) =>
        node.tree.providers.some((provider) => !provider.isVanished && provider.traits.includes(trait)),
      );

export const isUnknownUnit = (inventory: Inventory, need: Need): boolean =>
  need.units?.some((unit) => !inventory.units?.includes(unit)) ?? false;

export const breaksAmountRule = (inventory: Inventory, need: Need): boolean =>
  need.amount < inventory.minUnit ||
  need.amount > inventory.maxUnit ||
  need.amount % inventory.stepSize !== 0 ||
  (need.units !== undefined && need.units.length !== need.amount);

export const isUnitTaken = (inventory: Inventory, need: Need): boolean =>
  need.units?.some((unit) => inventory.takenUnits.includes(unit)) ?? false;

/** The first rule one class of an item breaks on a provider as it stands. */
const brokenNeedRule = (provider: Provider, need: Need): FitRule | undefined => {
  const inventory = offeredOf(provider, need.class);
  if (inventory === undefined) return 'UNKNOWN_CLASS';
  if (isUnknownUnit(inventory, need)) return 'UNKNOWN_UNIT';
  if (breaksAmountRule(inventory, need)) return 'AMOUNT_RULE';
  if (isUnitTaken(inventory, need)) return 'UNIT_TAKEN';
  return availableOf(inventory) < need.amount ? 'NO_CAPACITY' : undefined;
};

/** The first rule an item breaks, and the class that breaks it; no class when the item as a whole does. */
export interface Failure {
  readonly rule: FitRule;
  readonly need: Need | undefined;
}

const NOT_OFFERED: Failure = { rule: 'UNKNOWN_CLASS', need: undefined };

/**
 * The rule that comes first in their order, over all classes of the item and its traits; undefined when the
 * provider could give the whole item now.
 */
export const judgeProvider = (provider: Provider, item: Item, treeRule: FitRule | undefined): Failure | undefined => {
  if (provider.isVanished) return NOT_OFFERED;
  let failure: Failure | undefined;
  for (const need of item.needs) {
    const rule = brokenNeedRule(provider, need);
    if (rule === 'UNKNOWN_CLASS') return NOT_OFFERED;
    if (rule !== undefined && (failure === undefined || rankOf(rule) < rankOf(failure.rule))) failure = { rule, need };
  }
  const traitRule =
    item.group === '' ? treeRule : brokenTraitRule(item.traits, (trait) => provider.traits.includes(trait));
  if (traitRule === undefined) return failure;
  return failure === undefined || rankOf(traitRule) < rankOf(failure.rule)
    ? { rule: traitRule, need: undefined }
    : failure;
};
