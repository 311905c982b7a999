import { describe, expect, it } from 'vitest';
import type { InventoryPolicy, OverlayTarget, ReportedProvider } from '../command.ts';
import { overlayState } from '../overlay-state.ts';
import { AGENT, type Ask, codeOf, OPERATOR, report, type Scenario, TREE, withNode } from '../testing/scenario.ts';

const nodeOf = (scenario: Scenario) => {
  const node = scenario.ledger.nodes.get('node-1');
  if (node === undefined) throw new Error('no node');
  return node;
};

const providerOf = (scenario: Scenario, id: string) => nodeOf(scenario).tree.providers.find((each) => each.id === id);

const inventoryOf = (scenario: Scenario, id: string, name: string) =>
  providerOf(scenario, id)?.inventories.find((each) => each.class === name);

const policies = (...list: readonly InventoryPolicy[]): Ask => ({
  type: 'SetInventoryPolicy',
  node: 'node-1',
  policies: list,
});

const overlay = (...targets: readonly OverlayTarget[]): Ask => ({ type: 'SetOverlay', node: 'node-1', targets });

const [ROOT, ...DEVICES] = TREE;
if (ROOT === undefined) throw new Error('no root');

describe('SetInventoryPolicy', () => {
  const half = { provider: 'root', class: 'VCPU', reserved: 2, allocationRatioMillionths: 500_000 };

  it('holds at once and after reports that do not state the figures', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, policies(half));
    expect(inventoryOf(scenario, 'root', 'VCPU')).toMatchObject({ total: 8, reserved: 2, capacity: 3 });
    expect(codeOf(scenario.ask(OPERATOR, policies(half)))).toBe('unchanged');
    expect(codeOf(scenario.ask(AGENT, report(TREE, 2)))).toBe('unchanged');
  });

  it('yields to a report that states a figure', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, policies(half));
    const stated = { ...ROOT, inventories: [{ class: 'VCPU', total: 8, allocationRatioMillionths: 4_000_000 }] };
    scenario.given(AGENT, report([stated, ...DEVICES], 2));
    expect(inventoryOf(scenario, 'root', 'VCPU')).toMatchObject({ reserved: 2, capacity: 24 });
    scenario.given(OPERATOR, policies({ provider: 'root', class: 'VCPU', allocationRatioMillionths: 1_000_000 }));
    expect(inventoryOf(scenario, 'root', 'VCPU')).toMatchObject({ reserved: 2, capacity: 6 });
  });

  it('holds again for a device that was away', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, policies({ provider: 'gpu-1', class: 'GPU_MILLI', reserved: 100 }));
    scenario.given(AGENT, report(TREE.slice(0, 2), 2));
    expect(providerOf(scenario, 'gpu-1')).toBeUndefined();
    scenario.given(AGENT, report(TREE, 3));
    expect(inventoryOf(scenario, 'gpu-1', 'GPU_MILLI')).toMatchObject({ reserved: 100, capacity: 900 });
  });

  it('cannot make a device that comes back uncountable: the report is refused', () => {
    const scenario = withNode();
    scenario.given(
      OPERATOR,
      policies({ provider: 'gpu-1', class: 'GPU_MILLI', allocationRatioMillionths: 9_000_000_000 }),
    );
    scenario.given(AGENT, report(TREE.slice(0, 2), 2));
    const huge = { id: 'gpu-1', parent: 'root', inventories: [{ class: 'GPU_MILLI', total: Number.MAX_SAFE_INTEGER }] };
    expect(scenario.ask(AGENT, report([...TREE.slice(0, 2), huge], 3))).toMatchObject({
      rejection: { code: 'INVALID_INVENTORY', details: { provider: 'gpu-1', rule: 'countable-capacity' } },
    });
  });

  it.each<[string, readonly InventoryPolicy[]]>([
    ['UNKNOWN_PROVIDER', [{ provider: 'gpu-9', class: 'GPU_MILLI', reserved: 1 }]],
    ['UNKNOWN_CLASS', [{ provider: 'root', class: 'FPGA', reserved: 1 }]],
    ['INVALID_INVENTORY', [{ provider: 'root', class: 'VCPU', allocationRatioMillionths: Number.MAX_SAFE_INTEGER }]],
    [
      'INVALID_INVENTORY',
      [
        { provider: 'root', class: 'VCPU', reserved: 1 },
        { provider: 'root', class: 'VCPU', reserved: 2 },
      ],
    ],
  ])('is refused with %s', (code, list) => {
    const big = withNode([{ id: 'root', inventories: [{ class: 'VCPU', total: Number.MAX_SAFE_INTEGER - 1 }] }]);
    expect(codeOf(big.ask(OPERATOR, policies(...list)))).toBe(code);
  });
});

describe('SetAggregates', () => {
  const set = (...aggregates: string[]): Ask => ({
    type: 'SetAggregates',
    node: 'node-1',
    provider: 'root',
    aggregates,
  });

  it('holds through reports that state none, and yields to one that does', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, set('zone-2', 'zone-1'));
    expect(providerOf(scenario, 'root')?.aggregates).toEqual(['zone-1', 'zone-2']);
    expect(codeOf(scenario.ask(OPERATOR, set('zone-1', 'zone-2')))).toBe('unchanged');
    expect(codeOf(scenario.ask(AGENT, report(TREE, 2)))).toBe('unchanged');
    scenario.given(AGENT, report([{ ...ROOT, aggregates: ['rack-7'] }, ...DEVICES], 3));
    expect(providerOf(scenario, 'root')?.aggregates).toEqual(['rack-7']);
  });

  it('with none takes the setting back', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, set('zone-1'));
    scenario.given(OPERATOR, set());
    expect(nodeOf(scenario)).not.toHaveProperty('aggregates');
    expect(providerOf(scenario, 'root')?.aggregates).toEqual([]);
    const elsewhere: Ask = { type: 'SetAggregates', node: 'node-1', provider: 'gpu-9', aggregates: [] };
    expect(codeOf(scenario.ask(OPERATOR, elsewhere))).toBe('UNKNOWN_PROVIDER');
  });
});

describe('SetOverlay', () => {
  const license = { class: 'CUSTOM_LICENSE', total: 4 };

  it('adds to the root by default, and a target that names the root beats the default', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, overlay({ inventories: [license], traits: ['CUSTOM_FAST'] }));
    expect(inventoryOf(scenario, 'root', 'CUSTOM_LICENSE')).toMatchObject({ capacity: 4, isOverlay: true });
    expect(providerOf(scenario, 'root')?.traits).toEqual(['CUSTOM_FAST']);
    expect(codeOf(scenario.ask(AGENT, report(TREE, 2)))).toBe('unchanged');
    scenario.given(
      OPERATOR,
      overlay({ inventories: [license] }, { provider: 'root', inventories: [{ class: 'CUSTOM_SEAT', total: 1 }] }),
    );
    expect(inventoryOf(scenario, 'root', 'CUSTOM_LICENSE')).toBeUndefined();
    expect(inventoryOf(scenario, 'root', 'CUSTOM_SEAT')).toMatchObject({ capacity: 1 });
    expect(overlayState(nodeOf(scenario))).toEqual({ pending: [], shadowed: [] });
    scenario.given(OPERATOR, overlay());
    expect(nodeOf(scenario)).not.toHaveProperty('overlay');
    expect(inventoryOf(scenario, 'root', 'CUSTOM_SEAT')).toBeUndefined();
    expect(providerOf(scenario, 'root')?.traits).toEqual([]);
  });

  it('can be claimed, and keeps its charges when it is taken back', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, overlay({ inventories: [license] }));
    const claim = { type: 'ClaimInstance', node: 'node-1', request: { resources: { CUSTOM_LICENSE: 3 } } } as const;
    const claimId = scenario.given(AGENT, { ...claim, instance: 'i-1' });
    scenario.given(OPERATOR, overlay());
    expect(inventoryOf(scenario, 'root', 'CUSTOM_LICENSE')).toMatchObject({
      isVanished: true,
      charged: 3,
      capacity: 0,
    });
    expect(codeOf(scenario.ask(AGENT, { ...claim, instance: 'i-2' }))).toBe('UNKNOWN_CLASS');
    scenario.given(OPERATOR, overlay({ inventories: [license] }));
    expect(inventoryOf(scenario, 'root', 'CUSTOM_LICENSE')).toMatchObject({ isVanished: false, charged: 3 });
    scenario.given(OPERATOR, overlay());
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId });
    expect(inventoryOf(scenario, 'root', 'CUSTOM_LICENSE')).toBeUndefined();
  });

  it('waits for a provider that the node does not have yet', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, overlay({ provider: 'gpu-2', inventories: [license], traits: ['CUSTOM_FAST'] }));
    expect(overlayState(nodeOf(scenario)).pending).toEqual(['gpu-2']);
    const device: ReportedProvider = { id: 'gpu-2', parent: 'root', inventories: [] };
    scenario.given(AGENT, report([...TREE, device], 2));
    expect(overlayState(nodeOf(scenario)).pending).toEqual([]);
    expect(inventoryOf(scenario, 'gpu-2', 'CUSTOM_LICENSE')).toMatchObject({ capacity: 4 });
  });

  it('yields to a driver that reports the same later, and says so', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, overlay({ inventories: [license], traits: ['CUSTOM_FAST'] }));
    const driven = { ...ROOT, inventories: [{ class: 'CUSTOM_LICENSE', total: 9 }], traits: ['CUSTOM_FAST'] };
    scenario.given(AGENT, report([driven, ...DEVICES], 2));
    expect(inventoryOf(scenario, 'root', 'CUSTOM_LICENSE')).toMatchObject({ total: 9 });
    expect(inventoryOf(scenario, 'root', 'CUSTOM_LICENSE')).not.toHaveProperty('isOverlay');
    expect(overlayState(nodeOf(scenario)).shadowed).toEqual([
      { provider: 'root', name: 'CUSTOM_LICENSE' },
      { provider: 'root', name: 'CUSTOM_FAST' },
    ]);
    scenario.given(AGENT, report(TREE, 3));
    expect(inventoryOf(scenario, 'root', 'CUSTOM_LICENSE')).toMatchObject({ total: 4, isOverlay: true });
  });

  it.each<[string, readonly OverlayTarget[], { provider: string; name: string }]>([
    [
      'unique-target',
      [
        { provider: 'gpu-0', inventories: [] },
        { provider: 'gpu-0', inventories: [license] },
      ],
      { provider: 'gpu-0', name: '' },
    ],
    ['unique-target', [{ inventories: [] }, { inventories: [license] }], { provider: '', name: '' }],
    ['driver-owned', [{ inventories: [{ class: 'VCPU', total: 99 }] }], { provider: '', name: 'VCPU' }],
    ['driver-owned', [{ provider: 'gpu-1', inventories: [], traits: ['A100'] }], { provider: 'gpu-1', name: 'A100' }],
    ['unique-class', [{ inventories: [license, license] }], { provider: '', name: 'CUSTOM_LICENSE' }],
    [
      'total-is-unit-count',
      [{ provider: 'later', inventories: [{ ...license, units: ['a'] }] }],
      { provider: 'later', name: 'CUSTOM_LICENSE' },
    ],
  ])('may not break %s', (rule, targets, place) => {
    expect(withNode().ask(OPERATOR, overlay(...targets))).toEqual({
      kind: 'rejected',
      rejection: { code: 'INVALID_OVERLAY', details: { judgedAt: 4, node: 'node-1', ...place, rule } },
    });
  });
});
