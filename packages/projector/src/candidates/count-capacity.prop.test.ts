import { fileURLToPath } from 'node:url';
import type { CapacityQuery } from '@fleetbook/contracts';
import {
  type ChargeLine,
  type Inventory,
  judgeCandidate,
  type Node,
  ProviderTree,
  prepareDemand,
  type ResourceRequest,
} from '@fleetbook/domain';
import { gpuTrait, providersOf, readMachines, readTasks, requestOf } from '@fleetbook/workload';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeInventory, openNode, providerOf, symmetricNode, tableOf } from '../testing/node-tables.ts';
import { anyFleet, anyRequest } from '../testing/random-fleet.ts';
import { countCapacity } from './count-capacity.ts';

const FIT_WORK_LIMIT = 20_000;
const NEVER = { pause: () => undefined };

const count = (nodes: readonly Node[], query: CapacityQuery, slices = NEVER) =>
  countCapacity(tableOf(nodes).table, query, FIT_WORK_LIMIT, slices);

function charged(inventory: Inventory, provider: string, charge: readonly ChargeLine[]): Inventory {
  const lines = charge.filter((line) => line.provider === provider && line.class === inventory.class);
  return {
    ...inventory,
    charged: lines.reduce((sum, line) => sum + line.amount, inventory.charged),
    takenUnits: [...inventory.takenUnits, ...lines.flatMap((line) => line.units ?? [])],
  };
}

/** Claims placed one after the other until the decider refuses one. */
function placeUntilRefused(node: Node, request: ResourceRequest): number {
  const demand = prepareDemand({ request });
  let filled = node;
  for (let placed = 0; ; placed += 1) {
    const result = judgeCandidate(filled, demand, FIT_WORK_LIMIT);
    if (result.kind !== 'fits') {
      return placed;
    }
    if (result.charge.length === 0) {
      return 1;
    }
    filled = {
      ...filled,
      tree: ProviderTree.of(
        filled.tree.providers.map((provider) => ({
          ...provider,
          inventories: provider.inventories.map((each) => charged(each, provider.id, result.charge)),
        })),
      ),
    };
  }
}

describe('capacity', () => {
  it('counts the claims that the decider would accept on each node one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(anyFleet, anyRequest, async (nodes, request) => {
        const answer = await count(nodes, { request });
        const placed = nodes.map((node) => placeUntilRefused(node, request));
        expect(answer).toMatchObject({
          nodes: nodes.length,
          fits: placed.reduce((sum, each) => sum + each, 0),
          fittingNodes: placed.filter((each) => each > 0).length,
          unprovedNodes: 0,
          isComplete: true,
        });
      }),
      { numRuns: 400 },
    );
  });

  it('is counted without placing anything where no two parts of a request get in each other’s way', async () => {
    const node = openNode('n', [
      providerOf('a', [freeInventory('VCPU', 3_000_000), freeInventory('MEMORY_MB', 7_000_001)]),
      providerOf('b', [freeInventory('VCPU', 2_000_000)]),
    ]);
    const alone = await count([node], { request: { resources: { VCPU: 1 } }, workLimit: 10 });
    expect(alone).toMatchObject({ fits: 5_000_000, fittingNodes: 1, unprovedNodes: 0, isComplete: true });
    const both = await count([node], { request: { resources: { VCPU: 1, MEMORY_MB: 2 } }, workLimit: 10 });
    expect(both).toMatchObject({ fits: 3_500_000, isComplete: true });
    const pairs = { groups: [{ name: 'g', resources: { VCPU: 1 }, count: 2 }] };
    expect(await count([node], { request: pairs, workLimit: 10 })).toMatchObject({ fits: 2_000_000, isComplete: true });
  });

  it('is counted without placing anything where one provider has all that is asked for', async () => {
    const node = openNode('n', [providerOf('a', [freeInventory('VCPU', 9_000_000)])]);
    const request = { resources: { VCPU: 1 }, groups: [{ name: 'g', resources: { VCPU: 2 } }] };
    expect(await count([node], { request, workLimit: 10 })).toMatchObject({ fits: 3_000_000, isComplete: true });
  });

  it('says of each group whether its count is a lower bound, and leaves enough work for every node', async () => {
    const names = { resources: { CUSTOM_GPU_MILLI: 1 }, groups: [{ name: 'g', resources: { CUSTOM_GPU_MILLI: 1 } }] };
    const large = { ...symmetricNode('large', 2, 1_000_000), id: 'large' };
    const small = Array.from({ length: 9 }, (_unused, place) => {
      const node = symmetricNode(`small${place}`, 2, 3);
      return { ...node, tree: ProviderTree.of(node.tree.providers.map((each) => ({ ...each, traits: ['SMALL'] }))) };
    });
    const answer = await count([large, ...small], { request: names, workLimit: 5_000 });
    expect(answer).toMatchObject({ fittingNodes: 10, unprovedNodes: 0, isComplete: false, reasons: [] });
    expect(answer.groups).toEqual([
      { names: [], nodes: 1, fittingNodes: 1, unprovedNodes: 0, fits: expect.any(Number), isComplete: false },
      { names: ['SMALL'], nodes: 9, fittingNodes: 9, unprovedNodes: 0, fits: 27, isComplete: true },
    ]);
  });

  it('tells the nodes that were not tried from those on which none fits', async () => {
    const nodes = Array.from({ length: 4 }, (_unused, place) => symmetricNode(`n${place}`, 2));
    const answer = await count(nodes, { request: { resources: { CUSTOM_GPU_MILLI: 1_000 } }, workLimit: 3 });
    expect(answer).toMatchObject({ nodes: 4, fittingNodes: 2, unprovedNodes: 2, fits: 4, isComplete: false });
    expect(answer.reasons).toEqual([{ reason: 'REQUEST_TOO_COMPLEX', nodes: 2 }]);
  });

  it('beyond the safe integers is the largest of them, and a lower bound', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const nodes = ['a', 'b'].map((id) => openNode(id, [providerOf(id, [freeInventory('MEMORY_MB', most)])]));
    const answer = await count(nodes, { request: { resources: { MEMORY_MB: 1 } } });
    expect(answer).toMatchObject({ fits: most, fittingNodes: 2, isComplete: false });
  });

  it('lets others go first while it places one after the other, and is of the moment it was asked', async () => {
    const node = symmetricNode('n', 2, 60);
    const { table, put } = tableOf([node]);
    let pauses = 0;
    const slices = {
      async pause() {
        pauses += 1;
        put(symmetricNode('n', 1, 1));
        await Promise.resolve();
      },
    };
    const request = { resources: { CUSTOM_GPU_MILLI: 1 }, groups: [{ name: 'g', resources: { CUSTOM_GPU_MILLI: 1 } }] };
    expect(await countCapacity(table, { request }, FIT_WORK_LIMIT, slices)).toMatchObject({ fits: 60 });
    expect(pauses).toBeGreaterThan(50);
  });
});

describe('capacity of a whole fleet of GPU machines', async () => {
  const trace = fileURLToPath(new URL('../../../../test/data/openb', import.meta.url));
  const machines = await readMachines(trace);
  const nodes = machines.map((machine) =>
    openNode(
      machine.id,
      providersOf(machine).map(({ id, inventories, traits = [] }) =>
        providerOf(
          id,
          inventories.map((each) => freeInventory(each.class, each.total ?? 0)),
          traits,
        ),
      ),
    ),
  );

  it('is exact for one megabyte of memory', async () => {
    const answer = await count(nodes, { request: { resources: { MEMORY_MB: 1 } } });
    const memoryMb = machines.reduce((sum, machine) => sum + machine.memoryMb, 0);
    expect(answer).toMatchObject({ nodes: 1_523, fittingNodes: 1_523, fits: memoryMb, isComplete: true });
    for (const { names, nodes: ofModel, fittingNodes } of answer.groups) {
      const model = machines.filter(
        ({ gpuCount, gpuModel }) => (gpuCount > 0 ? [gpuTrait(gpuModel)] : []).join() === names.join(),
      );
      expect([fittingNodes, ofModel]).toEqual([model.length, model.length]);
    }
  });

  it('is exact for requests of its trace', async () => {
    const requests = new Map(
      (await readTasks(trace)).map((task) => [JSON.stringify(requestOf(task)), requestOf(task)]),
    );
    for (const request of Array.from(requests.values()).slice(0, 10)) {
      const answer = await count(nodes, { request });
      expect(answer.isComplete).toBe(true);
      expect(answer.groups.every((group) => group.isComplete && group.unprovedNodes === 0)).toBe(true);
    }
  });
});
