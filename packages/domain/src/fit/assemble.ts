import type { Inventory, Node } from '../ledger.ts';
import { compareText, sortedIds } from '../order.ts';
import type { ChargeLine } from '../request.ts';
import { freeUnitsOf } from '../units.ts';
import type { Need } from './items.ts';
import { offeredOf } from './judge.ts';

/** A need given to the provider at a place of the node's list. */
export interface Placement {
  readonly provider: number;
  readonly need: Need;
}

const chooseUnits = (inventory: Inventory, named: readonly string[], amount: number): readonly string[] => {
  const wanted = new Set(named);
  const lowest = freeUnitsOf(inventory).filter((unit) => !wanted.has(unit));
  return sortedIds([...named, ...lowest.slice(0, amount - named.length)]);
};

const lineOf = (
  node: Pick<Node, 'tree'>,
  place: number,
  name: string,
  amount: number,
  named: readonly string[],
): ChargeLine => {
  const provider = node.tree.providers[place];
  const inventory = provider === undefined ? undefined : offeredOf(provider, name);
  if (provider === undefined || inventory === undefined) throw new Error(`${name} was placed where it is not offered`);
  const line = { provider: provider.id, class: inventory.class, amount };
  return inventory.units === undefined ? line : { ...line, units: chooseUnits(inventory, named, amount) };
};

const comparePlacements = (left: Placement, right: Placement): number =>
  left.provider - right.provider || compareText(left.need.class, right.need.class);

/** Most requests name their classes in order. */
const inOrder = (placements: readonly Placement[]): readonly Placement[] => {
  const isSorted = placements.every((placement, index) => {
    const before = placements[index - 1];
    return before === undefined || comparePlacements(before, placement) <= 0;
  });
  return isSorted ? placements : [...placements].sort(comparePlacements);
};

/** The charge of placements that fit: lines of one provider and class merged, in the node's order. */
export const assemble = (node: Pick<Node, 'tree'>, placements: readonly Placement[]): readonly ChargeLine[] => {
  const sorted = inOrder(placements);
  const lines: ChargeLine[] = [];
  let index = 0;
  while (index < sorted.length) {
    const first = sorted[index];
    if (first === undefined) break;
    let amount = 0;
    const named: string[] = [];
    for (; index < sorted.length; index += 1) {
      const next = sorted[index];
      if (next?.provider !== first.provider || next.need.class !== first.need.class) break;
      amount += next.need.amount;
      if (next.need.units !== undefined) named.push(...next.need.units);
    }
    lines.push(lineOf(node, first.provider, first.need.class, amount, named));
  }
  return lines;
};
