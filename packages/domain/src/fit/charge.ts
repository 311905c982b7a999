import type { Inventory, Node, Provider } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { availableOf } from '../units.ts';
import { assemble, type Placement } from './assemble.ts';
import { figuresOf } from './figures.ts';
import type { Need } from './items.ts';
import { breaksAmountRule, isUnitTaken, isUnknownUnit, offeredOf } from './judge.ts';
import { type BrokenRule, type FitResult, type FitRule, refusedBy } from './result.ts';

/** What earlier lines of the same charge take from an inventory. */
interface Taken {
  amount: number;
  readonly units: Set<string>;
}

const judgeLine = (inventory: Inventory, need: Need, taken: Taken): FitRule | undefined => {
  if (isUnknownUnit(inventory, need)) return 'UNKNOWN_UNIT';
  if (breaksAmountRule(inventory, need)) return 'AMOUNT_RULE';
  if (isUnitTaken(inventory, need) || need.units?.some((unit) => taken.units.has(unit))) return 'UNIT_TAKEN';
  return availableOf(inventory) - taken.amount < need.amount ? 'NO_CAPACITY' : undefined;
};

const keyOf = (line: ChargeLine): string => `${line.provider} ${line.class}`;

/** Judges allocations named outright: each line by the rules in order, lines of one inventory summed up. */
export const fitCharge = (node: Node, charge: readonly ChargeLine[]): FitResult => {
  const places = new Map<string, { readonly provider: Provider; readonly place: number }>();
  node.tree.providers.forEach((provider, place) => {
    if (!provider.isVanished) places.set(provider.id, { provider, place });
  });
  const takenByKey = new Map<string, Taken>();
  const broken: BrokenRule[] = [];
  const placements: Placement[] = [];
  const refuse = (line: ChargeLine, rule: FitRule): void => {
    const figures = figuresOf(node, line.class, line.provider);
    broken.push({ group: '', class: line.class, rule, requested: line.amount, ...figures, provider: line.provider });
  };
  for (const line of charge) {
    const found = places.get(line.provider);
    const inventory = found === undefined ? undefined : offeredOf(found.provider, line.class);
    if (found === undefined || inventory === undefined) {
      refuse(line, found === undefined ? 'UNKNOWN_PROVIDER' : 'UNKNOWN_CLASS');
      continue;
    }
    const taken = takenByKey.get(keyOf(line)) ?? { amount: 0, units: new Set() };
    const rule = judgeLine(inventory, line, taken);
    if (rule !== undefined) refuse(line, rule);
    taken.amount += line.amount;
    for (const unit of line.units ?? []) taken.units.add(unit);
    takenByKey.set(keyOf(line), taken);
    placements.push({ provider: found.place, need: line });
  }
  return broken.length > 0 ? refusedBy(broken) : { kind: 'fits', charge: assemble(node, placements) };
};
