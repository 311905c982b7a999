import type { Inventory, Node, Provider } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { freeUnitsOf } from '../units.ts';
import { assemble, type Placement } from './assemble.ts';
import { figuresOf } from './figures.ts';
import { type BrokenRule, type FitResult, type FitRule, refusedBy } from './result.ts';

/** Which units a guest has is a fact that only its host knows. Where none is free, there is none that it could have. */
const isUnnamed = (inventory: Inventory, line: ChargeLine): boolean =>
  inventory.units !== undefined && line.units === undefined && freeUnitsOf(inventory).length > 0;

/** Facts cannot be refused for want of room, only where the ledger could not write them down. */
const brokenRule = (
  inventory: Inventory,
  line: ChargeLine,
  amount: number,
  units: readonly string[],
): FitRule | undefined => {
  if (line.units?.some((unit) => !inventory.units?.includes(unit))) return 'UNKNOWN_UNIT';
  if (isUnnamed(inventory, line)) return 'UNITS_MISSING';
  if (line.units !== undefined && line.units.length !== line.amount) return 'AMOUNT_RULE';
  if (units.some((unit, index) => inventory.takenUnits.includes(unit) || units.indexOf(unit) !== index)) {
    return 'UNIT_TAKEN';
  }
  if (inventory.units !== undefined && freeUnitsOf(inventory).length < amount) return 'NO_CAPACITY';
  return Number.isSafeInteger(inventory.charged + amount) ? undefined : 'NO_CAPACITY';
};

/**
 * Whether a guest that runs on a node can be charged as it is: above capacity, whatever the rules about amounts say,
 * but only on what the ledger knows, and no unit twice.
 */
export const fitAdoption = (node: Pick<Node, 'tree'>, charge: readonly ChargeLine[]): FitResult => {
  const broken: BrokenRule[] = [];
  const placements: Placement[] = [];
  const seen = new Map<string, ChargeLine[]>();
  const refuse = (line: ChargeLine, rule: FitRule): void => {
    const figures = figuresOf(node, line.class, line.provider);
    broken.push({ group: '', class: line.class, rule, requested: line.amount, ...figures, provider: line.provider });
  };
  const judge = (provider: Provider | undefined, place: number, line: ChargeLine): FitRule | undefined => {
    const inventory = provider?.inventories.find((each) => each.class === line.class);
    if (provider === undefined || provider.isVanished) return 'UNKNOWN_PROVIDER';
    if (inventory === undefined || inventory.isVanished) return 'UNKNOWN_CLASS';
    const key = `${line.provider} ${line.class}`;
    const lines = [...(seen.get(key) ?? []), line];
    seen.set(key, lines);
    placements.push({ provider: place, need: line });
    const amount = lines.reduce((sum, each) => sum + each.amount, 0);
    return brokenRule(
      inventory,
      line,
      amount,
      lines.flatMap((each) => each.units ?? []),
    );
  };
  for (const line of charge) {
    const place = node.tree.providers.findIndex((provider) => provider.id === line.provider);
    const rule = judge(node.tree.providers[place], place, line);
    if (rule !== undefined) refuse(line, rule);
  }
  return broken.length > 0 ? refusedBy(broken) : { kind: 'fits', charge: assemble(node, placements) };
};
