import type { Node, ResourceRequest } from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeInventory, openNode, providerOf, tableOf } from '../testing/node-tables.ts';
import { demandOf } from './demand.ts';
import { pickFront } from './front.ts';
import { findPossibleRows, keepsAmountRules } from './possible-rows.ts';
import { type Order, rankRows } from './ranking.ts';

/** Few different figures, so that many nodes are equally good. */
const shape = fc.record({
  cpus: fc.constantFrom(4, 8, 16),
  charged: fc.nat(8),
  gpus: fc.constantFrom(0, 1, 3),
  hasTrait: fc.boolean(),
  hasLost: fc.boolean(),
  failedBuilds: fc.constantFrom(0, 0, 0, 10),
  isRetired: fc.constantFrom(false, false, false, true),
});

const fleet = fc.array(shape, { maxLength: 150 }).map((all): readonly Node[] =>
  all.map(({ cpus, charged, gpus, hasTrait, hasLost, failedBuilds, isRetired }, place): Node => {
    const id = `n${(place * 7_919) % 1_000}-${place}`;
    const cpu = { ...freeInventory('VCPU', cpus), charged };
    const memory = { ...freeInventory('MEMORY_MB', 4_096), charged: charged * 512 };
    const disk = freeInventory('DISK_GB', 1 + (charged % 3));
    const root = providerOf(`${id}.root`, [cpu, memory, disk], hasTrait ? ['HW_A'] : []);
    const lost = { ...providerOf(`${id}.lost`, [freeInventory('VCPU', 64)]), isVanished: hasLost };
    const cards = Array.from({ length: gpus }, (_unused, gpu) =>
      providerOf(`${id}.gpu${gpu}`, [freeInventory('CUSTOM_GPU', 2)]),
    );
    const open = { ...openNode(id, [root, lost, ...cards]), failedBuilds };
    return isRetired ? { ...open, status: { kind: 'retired' } } : open;
  }),
);

const request: fc.Arbitrary<ResourceRequest> = fc.constantFrom(
  { resources: { VCPU: 1 } },
  { resources: { VCPU: 6 } },
  { resources: { VCPU: 2 }, traits: { required: ['HW_A'] } },
  { resources: { VCPU: 2 }, groups: [{ name: 'gpu', resources: { CUSTOM_GPU: 1 }, count: 2 }] },
  {
    groups: [
      { name: 'one', resources: { VCPU: 1 } },
      { name: 'other', resources: { VCPU: 3 } },
    ],
  },
  { traits: { forbidden: ['HW_A'] } },
  { resources: { CUSTOM_FPGA: 1 } },
  { resources: { VCPU: 1, MEMORY_MB: 3_000 } },
  { resources: { VCPU: 1, MEMORY_MB: 1, DISK_GB: 1 } },
  {
    resources: { VCPU: 3, MEMORY_MB: 2_000, DISK_GB: 2 },
    groups: [{ name: 'gpu', resources: { CUSTOM_GPU: 1 } }],
  },
);

const order: fc.Arbitrary<Order> = fc.record({
  strategy: fc.constantFrom('pack', 'spread'),
  seed: fc.option(fc.nat(100), { nil: undefined }),
});

describe('the front', () => {
  it('is the best of all rows that may serve a request, in their order', () => {
    fc.assert(
      fc.property(fleet, request, order, fc.integer({ min: 1, max: 40 }), (nodes, asked, by, count) => {
        const { table } = tableOf(nodes);
        table.refresh();
        const demand = demandOf(asked);
        const all = new Uint32Array(table.rowCount);
        const possible = all.slice(0, findPossibleRows(table, demand, {}, all));
        const serving = possible.filter(keepsAmountRules(table, demand.classes));
        const ranked = Array.from(rankRows(table, serving, demand.classes, by));
        expect(pickFront(table, demand, {}, by, count)).toEqual(ranked.slice(0, count));
      }),
      { numRuns: 300 },
    );
  });
});
