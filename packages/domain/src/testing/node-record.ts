import { capacityOf, RATIO_ONE_MILLIONTHS } from '../arithmetic.ts';
import type { Inventory, Node, Provider } from '../ledger.ts';
import { sortedIds } from '../order.ts';
import { ProviderTree } from '../provider-tree.ts';

/** An inventory record with the defaults of a first report. */
export const inventory = (name: string, total: number, fields: Partial<Inventory> = {}): Inventory => {
  const figures = { total, reserved: 0, allocationRatioMillionths: RATIO_ONE_MILLIONTHS, ...fields };
  return {
    class: name,
    minUnit: 1,
    maxUnit: Number.MAX_SAFE_INTEGER,
    stepSize: 1,
    isVanished: false,
    charged: 0,
    takenUnits: [],
    capacity: capacityOf(figures),
    ...figures,
  };
};

export const unitInventory = (name: string, units: readonly string[], takenUnits: readonly string[] = []): Inventory =>
  inventory(name, units.length, { units: sortedIds(units), takenUnits, charged: takenUnits.length });

export const provider = (
  id: string,
  inventories: readonly Inventory[],
  traits: readonly string[] = [],
  fields: Partial<Provider> = {},
): Provider => ({ id, inventories, traits, aggregates: [], isVanished: false, ...fields });

export const nodeWith = (providers: readonly Provider[], fields: Partial<Node> = {}): Node => ({
  id: 'node-1',
  owner: 'agent-1',
  bootId: 'boot-1',
  bootIds: ['boot-1'],
  incarnation: 1,
  status: { kind: 'enabled' },
  inventoryStatus: { kind: 'reported', sequence: 1 },
  tree: ProviderTree.of(providers),
  claimCount: 0,
  generation: 3,
  ...fields,
});
