import type { Move } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';

const keyOf = (line: ChargeLine): string => `${line.provider} ${line.class}`;

const increaseOf = (line: ChargeLine, held: ChargeLine): ChargeLine | undefined => {
  const { provider, class: name } = line;
  const units = line.units?.filter((unit) => !held.units?.includes(unit)) ?? [];
  // A class that got or lost its names between two reports is compared by amount.
  const isNamed = line.units !== undefined && held.units !== undefined;
  const amount = isNamed ? units.length : Math.max(0, line.amount - held.amount);
  if (units.length > 0) return { provider, class: name, amount, units };
  return amount > 0 ? { provider, class: name, amount } : undefined;
};

/**
 * What a charge needs beyond another that is held on the same node: added to that one it makes the larger of both
 * per provider and class, and the union of the units.
 */
export const increaseOver = (held: readonly ChargeLine[], charge: readonly ChargeLine[]): readonly ChargeLine[] => {
  const heldByKey = new Map(held.map((line) => [keyOf(line), line]));
  return charge.flatMap((line) => {
    const other = heldByKey.get(keyOf(line));
    const increase = other === undefined ? line : increaseOf(line, other);
    return increase === undefined ? [] : [increase];
  });
};

/** What the side of a move that is charged `charge` adds to its node, while the claim of its instance holds `held`. */
export const countedBeside = (
  { replace, source, destination }: Move,
  held: readonly ChargeLine[],
  charge: readonly ChargeLine[],
): readonly ChargeLine[] => (replace && source === destination ? increaseOver(held, charge) : charge);

/** The larger of two charges on one node, per provider and class, and the union of their units. */
export const largerOf = (held: readonly ChargeLine[], charge: readonly ChargeLine[]): readonly ChargeLine[] => {
  const increases = new Map(increaseOver(held, charge).map((line) => [keyOf(line), line]));
  const grown = held.map((line) => {
    const increase = increases.get(keyOf(line));
    if (increase === undefined) return line;
    increases.delete(keyOf(line));
    const { provider, class: name } = line;
    const amount = line.amount + increase.amount;
    const units = [...(line.units ?? []), ...(increase.units ?? [])];
    return units.length === 0 ? { provider, class: name, amount } : { provider, class: name, amount, units };
  });
  return [...grown, ...increases.values()];
};
