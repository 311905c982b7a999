import { emptyLedger, type Node, ProviderTree } from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeTable } from './node-table.ts';
import { rankRows } from './ranking.ts';

function nodeWith(id: string, charged: number): Node {
  const figures = { total: 8, reserved: 0, minUnit: 1, maxUnit: 8, stepSize: 1, allocationRatioMillionths: 1_000_000 };
  const inventory = { class: 'VCPU', ...figures, capacity: 8, isVanished: false, charged, takenUnits: [] };
  const provider = { id: `${id}.root`, traits: [], aggregates: [], inventories: [inventory], isVanished: false };
  return {
    ...{ id, owner: 'agent', bootId: 'boot', bootIds: ['boot'], incarnation: 1, claimCount: 0, generation: 1 },
    status: { kind: 'enabled' },
    inventoryStatus: { kind: 'reported', sequence: 1 },
    tree: ProviderTree.of([provider]),
  };
}

function tableOf(charges: readonly number[]) {
  const { nodes } = emptyLedger();
  const table = createNodeTable(nodes);
  for (const [index, charged] of charges.entries()) {
    const id = `n${(index * 7_919) % 1_000}-${index}`;
    nodes.set(id, nodeWith(id, charged));
    table.mark(id);
  }
  table.refresh();
  return table;
}

const VCPU = [{ class: 'VCPU', amounts: [{ amount: 1, count: 1 }], sum: 1 }];

describe('the order of rows', () => {
  it('is by what is left and then by id, over the whole fleet', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 200 }), fc.constantFrom('pack', 'spread'), (charges, strategy) => {
        const table = tableOf(charges);
        const rows = Uint32Array.from(charges.keys());
        const ranked = Array.from(rankRows(table, rows, VCPU, { strategy }), (row) => table.idAt(row));
        const sign = strategy === 'pack' ? -1 : 1;
        const expected = Array.from(charges.keys())
          .sort((one, two) => {
            const difference = sign * ((charges[one] ?? 0) - (charges[two] ?? 0));
            return difference || (table.idAt(one) < table.idAt(two) ? -1 : 1);
          })
          .map((row) => table.idAt(row));
        expect(ranked).toEqual(expected);
      }),
    );
  });

  it('is shuffled by a seed among equals only, the same way each time', () => {
    const charges = Array.from({ length: 100 }, (_unused, index) => index % 2);
    const table = tableOf(charges);
    const rows = Uint32Array.from(charges.keys());
    const order = (seed?: number) => Array.from(rankRows(table, rows, VCPU, { strategy: 'pack', seed }));
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect(
      order(1)
        .slice(0, 50)
        .map((row) => charges[row]),
    ).toEqual(Array.from({ length: 50 }, () => 1));
    expect(order(1).toSorted()).toEqual(order().toSorted());
  });
});
