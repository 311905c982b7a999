import { emptyLedger, type Inventory, type Node, type Provider, ProviderTree } from '@fleetbook/domain';
import { createNodeTable } from '../candidates/node-table.ts';

export function tableOf(nodes: Iterable<Node>) {
  const ledger = emptyLedger();
  const table = createNodeTable(ledger.nodes);
  const put = (each: Node): void => {
    ledger.nodes.set(each.id, each);
    table.mark(each.id);
  };
  for (const each of nodes) {
    put(each);
  }
  return { table, put };
}

/** A free inventory of a class without bounds. */
export function freeInventory(name: string, total: number): Inventory {
  const figures = { total, capacity: total, reserved: 0, charged: 0, takenUnits: [], isVanished: false };
  return { class: name, ...figures, minUnit: 1, maxUnit: total, stepSize: 1, allocationRatioMillionths: 1_000_000 };
}

export function openNode(id: string, providers: readonly Provider[]): Node {
  return {
    ...{ id, owner: 'agent', bootId: 'boot', bootIds: ['boot'], incarnation: 1, claimCount: 0, generation: 1 },
    status: { kind: 'enabled' },
    inventoryStatus: { kind: 'reported', sequence: 1 },
    tree: ProviderTree.of(providers),
  };
}

export function providerOf(id: string, inventories: readonly Inventory[], traits: readonly string[] = []): Provider {
  return { id, traits, aggregates: [], isVanished: false, inventories };
}

/** Alike to the last GPU, so that nothing but a search over all of them tells whether groups fit. */
export function symmetricNode(id: string, gpus: number, milliPerGpu = 1_000): Node {
  const inventory = freeInventory('CUSTOM_GPU_MILLI', milliPerGpu);
  return openNode(
    id,
    Array.from({ length: gpus }, (_unused, gpu) => providerOf(`${id}.gpu${gpu}`, [inventory])),
  );
}
