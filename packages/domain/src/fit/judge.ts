import type { Inventory, Node, Provider } from '../ledger.ts';
import type { TraitDemand } from '../request.ts';
import { availableOf } from '../units.ts';
import type { Item, Need } from './items.ts';
import type { FitRule } from './result.ts';

/** The inventory a provider offers for a class; vanished ones are never offered. */
export const offeredOf = (provider: Provider, name: string): Inventory | undefined => {
  if (provider.isVanished) return undefined;
  for (const inventory of provider.inventories) {
    if (inventory.class === name) return inventory.isVanished ? undefined : inventory;
  }
  return undefined;
};

/** The first trait rule that a set of traits breaks. */
export const brokenTraitRule = (
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
        node.providers.some((provider) => !provider.isVanished && provider.traits.includes(trait)),
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

const CLASS_RULES: readonly { readonly rule: FitRule; readonly isBroken: typeof breaksAmountRule }[] = [
  { rule: 'AMOUNT_RULE', isBroken: breaksAmountRule },
  { rule: 'UNIT_TAKEN', isBroken: isUnitTaken },
  { rule: 'NO_CAPACITY', isBroken: (inventory, need) => availableOf(inventory) < need.amount },
];

/** The first rule an item breaks on a provider as it stands, and the class that breaks it. */
export interface Failure {
  readonly rule: FitRule;
  readonly need: Need | undefined;
}

const offeredAll = (provider: Provider, item: Item): readonly Inventory[] | Failure => {
  if (provider.isVanished) return { rule: 'UNKNOWN_CLASS', need: item.needs[0] };
  const offered: Inventory[] = [];
  for (const need of item.needs) {
    const inventory = offeredOf(provider, need.class);
    if (inventory === undefined) return { rule: 'UNKNOWN_CLASS', need };
    offered.push(inventory);
  }
  return offered;
};

const isFailure = (value: readonly Inventory[] | Failure): value is Failure => 'rule' in value;

const pairWith = (
  offered: readonly Inventory[],
  item: Item,
  isBroken: (inventory: Inventory, need: Need) => boolean,
): Need | undefined =>
  item.needs.find((need, index) => {
    const inventory = offered[index];
    return inventory !== undefined && isBroken(inventory, need);
  });

/** Judges the rules in their order; undefined when the provider could give the whole item now. */
export const judgeProvider = (provider: Provider, item: Item, treeRule: FitRule | undefined): Failure | undefined => {
  const offered = offeredAll(provider, item);
  if (isFailure(offered)) return offered;
  const unknown = pairWith(offered, item, isUnknownUnit);
  if (unknown !== undefined) return { rule: 'UNKNOWN_UNIT', need: unknown };
  const traitRule =
    item.group === '' ? treeRule : brokenTraitRule(item.traits, (trait) => provider.traits.includes(trait));
  if (traitRule !== undefined) return { rule: traitRule, need: undefined };
  for (const { rule, isBroken } of CLASS_RULES) {
    const need = pairWith(offered, item, isBroken);
    if (need !== undefined) return { rule, need };
  }
  return undefined;
};
