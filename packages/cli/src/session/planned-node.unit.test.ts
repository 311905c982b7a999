import type { InventoryView, NodeAnswer } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { createPlannedNode } from './planned-node.ts';

const inventory = (name: string, total: number, fields: Partial<InventoryView> = {}): InventoryView => ({
  ...{ class: name, total, reserved: 0, capacity: total, charged: 0, used: 0, free: total, headroom: total },
  ...{ minUnit: 1, maxUnit: total, stepSize: 1, allocationRatio: 1, takenUnits: [], isVanished: false },
  ...fields,
});

const node = (...inventories: readonly InventoryView[]): Pick<NodeAnswer, 'status' | 'providers'> => ({
  status: { kind: 'enabled' },
  providers: [{ id: 'n', traits: [], aggregates: [], isVanished: false, inventories }],
});

const gpu = (amount: number, units?: readonly string[]) => [
  { provider: 'n', class: 'GPU', amount, ...(units === undefined ? {} : { units }) },
];

describe('a planned adoption', () => {
  const units = { units: ['u0', 'u1'] };

  it('refuses a unit that a guest before it would have, and says which has it', () => {
    const planned = createPlannedNode(node(inventory('GPU', 2, units)));
    expect(planned.take('a', gpu(1, ['u0']))).toMatchObject({ ok: true, value: { charge: gpu(1, ['u0']), above: [] } });
    expect(planned.take('b', gpu(1, ['u0']))).toEqual({ ok: false, error: 'UNIT_TAKEN: n GPU, u0 by a' });
    expect(planned.take('c', gpu(1, ['u1']))).toMatchObject({ ok: true, value: { above: [] } });
  });

  it('does not count what is refused', () => {
    const planned = createPlannedNode(node(inventory('GPU', 2, units), inventory('VCPU', 4)));
    const vcpu = { provider: 'n', class: 'VCPU', amount: 4 };
    expect(planned.take('a', [vcpu, ...gpu(1, ['u9'])])).toEqual({ ok: false, error: 'UNKNOWN_UNIT: n GPU' });
    expect(planned.take('b', [vcpu])).toMatchObject({ ok: true, value: { above: [] } });
    expect(planned.take('c', [vcpu])).toMatchObject({ ok: true, value: { above: ['n VCPU 8/4'] } });
  });

  it('says nothing of a provider that the answer had no room for', () => {
    const short = { ...node(inventory('VCPU', 4)), more: { providers: 1, held: 0, sides: 0, drifts: 0 } };
    const vcpu = { class: 'VCPU', amount: 1 };
    expect(createPlannedNode(short).take('a', [{ provider: 'p-9', ...vcpu }])).toEqual({
      ok: false,
      error: 'cannot be told: the node has too many providers to list p-9',
    });
    expect(createPlannedNode(short).take('a', [{ provider: 'n', ...vcpu }])).toMatchObject({ ok: true });
  });

  it('asks for the names of units that are not stated', () => {
    const planned = createPlannedNode(node(inventory('GPU', 2, units)));
    expect(planned.take('a', gpu(1))).toEqual({ ok: false, error: 'UNITS_MISSING: n GPU' });
  });
});
