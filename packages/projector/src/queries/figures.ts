import { type Figures, type InventoryView, type ProviderView, ratioOf } from '@fleetbook/contracts';
import type { Inventory, Node, Provider } from '@fleetbook/domain';
import { addExactly, type ExactSum, exactTexts, toSafe } from '../view/exact-sum.ts';

type Sums = Readonly<Record<'total' | 'reserved' | 'capacity' | 'charged', ExactSum>>;

/** The figures of one class from what was summed. */
export function figures(name: string, sums: Sums): Figures {
  const { total, reserved, capacity, charged } = sums;
  const used = addExactly(reserved, charged);
  const free = addExactly(total, -used);
  const headroom = addExactly(capacity, -charged);
  const exact = exactTexts({ total, reserved, capacity, charged, used, free, headroom });
  const numbers = {
    class: name,
    total: toSafe(total),
    reserved: toSafe(reserved),
    capacity: toSafe(capacity),
    charged: toSafe(charged),
    used: toSafe(used),
    free: toSafe(free),
    headroom: toSafe(headroom),
  };
  return exact === undefined ? numbers : { ...numbers, exact };
}

/** Adds up inventories by class. */
export interface FigureSums {
  add(inventory: Inventory): void;
  /** By class name. */
  all(): readonly Figures[];
}

export function createFigureSums(): FigureSums {
  const sums = new Map<string, { -readonly [Name in keyof Sums]: ExactSum }>();
  return {
    add(inventory) {
      const known = sums.get(inventory.class);
      if (known === undefined) {
        const { total, reserved, capacity, charged } = inventory;
        sums.set(inventory.class, { total, reserved, capacity, charged });
        return;
      }
      known.total = addExactly(known.total, inventory.total);
      known.reserved = addExactly(known.reserved, inventory.reserved);
      known.capacity = addExactly(known.capacity, inventory.capacity);
      known.charged = addExactly(known.charged, inventory.charged);
    },
    all() {
      const all: Figures[] = [];
      for (const [name, sum] of sums) {
        insertByClass(all, figures(name, sum));
      }
      return all;
    },
  };
}

/** Classes are few, and sorting a list makes another one. */
function insertByClass(all: Figures[], added: Figures): void {
  let place = all.length;
  for (let before = all[place - 1]; before !== undefined && before.class > added.class; before = all[place - 1]) {
    all[place] = before;
    place -= 1;
  }
  all[place] = added;
}

/** The figures of a node, summed over its providers; of these classes only, if any are given. */
export function figuresOfNode(node: Node, classes?: ReadonlySet<string>): readonly Figures[] {
  const sums = createFigureSums();
  for (const provider of node.tree.providers) {
    for (const inventory of provider.inventories) {
      if (classes?.has(inventory.class) ?? true) {
        sums.add(inventory);
      }
    }
  }
  return sums.all();
}

export function providerView(provider: Provider): ProviderView {
  return {
    id: provider.id,
    ...(provider.parent === undefined ? {} : { parent: provider.parent }),
    traits: provider.traits,
    ...(provider.overlayTraits === undefined ? {} : { overlayTraits: provider.overlayTraits }),
    aggregates: provider.aggregates,
    inventories: provider.inventories.map(inventoryView),
    isVanished: provider.isVanished,
  };
}

function inventoryView(inventory: Inventory): InventoryView {
  return {
    ...figures(inventory.class, inventory),
    minUnit: inventory.minUnit,
    maxUnit: inventory.maxUnit,
    stepSize: inventory.stepSize,
    allocationRatio: ratioOf(inventory.allocationRatioMillionths),
    ...(inventory.units === undefined ? {} : { units: inventory.units }),
    takenUnits: inventory.takenUnits,
    isVanished: inventory.isVanished,
    ...(inventory.isOverlay === undefined ? {} : { isOverlay: inventory.isOverlay }),
  };
}
