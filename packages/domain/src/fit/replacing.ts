import { increaseOver } from '../evolve/counted.ts';
import type { Inventory, Node } from '../ledger.ts';
import { ProviderTree } from '../provider-tree.ts';
import type { ChargeLine } from '../request.ts';
import { withoutUnits } from '../units.ts';
import { figuresOf } from './figures.ts';
import { fitPrepared, type PreparedDemand } from './fit.ts';
import { type BrokenRule, type FitResult, refusedBy } from './result.ts';

type Change = (inventory: Inventory, line: ChargeLine | undefined) => Inventory | undefined;

/** A node as seen by an owner of charges on it: what it holds of an inventory decides what the change makes of it. */
const seenBy = (node: Node, held: readonly ChargeLine[], change: Change): Node => ({
  ...node,
  tree: ProviderTree.of(
    node.tree.providers.map((provider) => {
      const lines = held.filter((line) => line.provider === provider.id);
      return {
        ...provider,
        inventories: provider.inventories.flatMap((inventory) => {
          const line = lines.find((each) => each.class === inventory.class);
          return change(inventory, line) ?? [];
        }),
      };
    }),
  ),
});

/** The owner's units come first, so that it keeps as many of them as it still needs. */
const ownFirst = (inventory: Inventory, own: readonly string[]): Pick<Inventory, 'units'> =>
  inventory.units === undefined
    ? {}
    : {
        units: [
          ...inventory.units.filter((unit) => own.includes(unit)),
          ...inventory.units.filter((unit) => !own.includes(unit)),
        ],
      };

/**
 * What the owner gives back is offered to it again, also above a capacity that shrank: it may keep what it has, and
 * only what it needs beyond that has to fit.
 */
const givenBack: Change = (inventory, line) =>
  line === undefined
    ? inventory
    : {
        ...inventory,
        ...ownFirst(inventory, line.units ?? []),
        charged: inventory.charged - line.amount,
        capacity: Math.max(inventory.capacity, inventory.charged),
        takenUnits: withoutUnits(inventory.takenUnits, line.units ?? []),
      };

const brokenIncrease = (node: Node, line: ChargeLine): BrokenRule[] => {
  const provider = node.tree.providers.find((each) => each.id === line.provider);
  const inventory = provider?.inventories.find((each) => each.class === line.class);
  if (inventory !== undefined && inventory.charged + line.amount <= inventory.capacity) return [];
  const figures = figuresOf(node, line.class, line.provider);
  return [
    {
      group: '',
      class: line.class,
      rule: 'NO_CAPACITY',
      requested: line.amount,
      ...figures,
      provider: line.provider,
    },
  ];
};

/** Units named outright may be others than those held: then both are needed until the old ones are given back. */
const checkIncrease = (node: Node, held: readonly ChargeLine[], fitted: FitResult): FitResult => {
  if (fitted.kind !== 'fits') return fitted;
  const broken = increaseOver(held, fitted.charge).flatMap((line) => brokenIncrease(node, line));
  return broken.length === 0 ? fitted : refusedBy(broken);
};

/**
 * Whether a node can hold a demand in the place of a charge that its owner has there, holding the larger of both
 * until it is done. The inventories that are charged already are preferred.
 */
export const fitReplacing = (
  node: Node,
  held: readonly ChargeLine[],
  demand: PreparedDemand,
  workLimit: number,
): FitResult => {
  const classes = new Set(held.map((line) => line.class));
  const stay: Change = (inventory, line) =>
    line === undefined && classes.has(inventory.class) ? undefined : givenBack(inventory, line);
  const staying = checkIncrease(node, held, fitPrepared(seenBy(node, held, stay), demand, workLimit));
  if (staying.kind === 'fits') return staying;
  return checkIncrease(node, held, fitPrepared(seenBy(node, held, givenBack), demand, workLimit));
};

/** Only what the owner holds, all of it free for it. */
const onlyHeld: Change = (inventory, line) => {
  if (line === undefined) return undefined;
  const units = inventory.units === undefined ? {} : { units: line.units ?? [] };
  return { ...inventory, ...units, charged: 0, capacity: line.amount, takenUnits: [], isVanished: false };
};

/** Whether a demand is met by a charge that its owner has on a node, and by which part of it. */
export const fitWithin = (
  node: Node,
  held: readonly ChargeLine[],
  demand: PreparedDemand,
  workLimit: number,
): FitResult => {
  const seen = seenBy(node, held, onlyHeld);
  const providers = seen.tree.providers.map((provider) => ({
    ...provider,
    isVanished: provider.isVanished && provider.inventories.length === 0,
  }));
  return fitPrepared({ ...seen, tree: ProviderTree.of(providers) }, demand, workLimit);
};
