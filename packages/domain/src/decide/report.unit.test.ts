import { describe, expect, it } from 'vitest';
import { decideSilence, silenceLimitMs } from '../audit/silence.ts';
import type { FlatTotal, ReportedInventory, ReportedProvider } from '../command.ts';
import {
  AGENT,
  type Ask,
  chargedOn,
  codeOf,
  OPERATOR,
  report,
  type Scenario,
  startScenario,
  TREE,
  withNode,
} from '../testing/scenario.ts';

const detailsOf = (scenario: Scenario, providers: readonly ReportedProvider[]) => {
  const decision = scenario.ask(AGENT, report(providers, 2));
  return decision.kind === 'rejected' ? decision.rejection : decision.kind;
};

const rootWith = (inventory: ReportedInventory): readonly ReportedProvider[] => [
  { id: 'root', inventories: [inventory] },
];

const claim = (scenario: Scenario, resources: Readonly<Record<string, number>>, instance = 'i-1'): string =>
  scenario.given(AGENT, { type: 'ClaimInstance', node: 'node-1', instance, request: { resources } });

const inventoryOf = (scenario: Scenario, provider: string, name: string) =>
  scenario.ledger.nodes
    .get('node-1')
    ?.tree.providers.find((each) => each.id === provider)
    ?.inventories.find((each) => each.class === name);

describe('ReportInventory', () => {
  it('records only what changes', () => {
    const scenario = startScenario();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-1' });
    expect(scenario.ask(AGENT, report(TREE))).toEqual({
      kind: 'accepted',
      events: [{ type: 'InventoryChanged', schemaVersion: 1, data: {} }],
    });
    expect(codeOf(scenario.ask(AGENT, report(TREE)))).toBe('unchanged');
    expect(codeOf(scenario.ask(AGENT, report(TREE, 2)))).toBe('unchanged');
    const shuffled = [...TREE].reverse().map((each) => ({ ...each, inventories: [...each.inventories].reverse() }));
    expect(codeOf(scenario.ask(AGENT, report(shuffled, 3)))).toBe('unchanged');
    expect(codeOf(scenario.ask(AGENT, report(TREE.slice(0, 2), 1)))).toBe('STALE_REPORT');
    expect(codeOf(scenario.ask(AGENT, report(TREE.slice(0, 2), 2)))).toBe('accepted');
    expect(codeOf(scenario.ask(AGENT, report(TREE, 2)))).toBe('STALE_REPORT');
  });

  it('keeps reserve and ratio that a report leaves out, and defaults the rest', () => {
    const scenario = withNode(rootWith({ class: 'VCPU', total: 8, reserved: 2, allocationRatioMillionths: 4_000_000 }));
    scenario.given(AGENT, report(rootWith({ class: 'VCPU', total: 16 }), 2));
    expect(inventoryOf(scenario, 'root', 'VCPU')).toEqual({
      class: 'VCPU',
      total: 16,
      reserved: 2,
      minUnit: 1,
      maxUnit: Number.MAX_SAFE_INTEGER,
      stepSize: 1,
      allocationRatioMillionths: 4_000_000,
      capacity: 56,
      isVanished: false,
      charged: 0,
      takenUnits: [],
    });
  });

  it('shrinks under its charges as a fact: headroom is negative and nothing more is given', () => {
    const scenario = withNode();
    claim(scenario, { VCPU: 6 });
    const [root, ...devices] = TREE;
    if (root === undefined) throw new Error('no root');
    const smaller = { ...root, inventories: [{ class: 'VCPU', total: 4 }, ...root.inventories.slice(1)] };
    scenario.given(AGENT, report([smaller, ...devices], 2));
    expect(inventoryOf(scenario, 'root', 'VCPU')).toMatchObject({ capacity: 4, charged: 6 });
    const decision = scenario.ask(AGENT, {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-2',
      request: { resources: { VCPU: 1 } },
    });
    expect(decision).toMatchObject({
      rejection: { code: 'NO_CAPACITY', details: { rules: [{ headroom: -2, largestFree: -2 }] } },
    });
  });
});

describe('an inventory that vanished under a charge', () => {
  it('is kept until the charge goes', () => {
    const scenario = withNode();
    const claimId = claim(scenario, { GPU_MILLI: 300, VCPU: 1 });
    const [root] = TREE;
    if (root === undefined) throw new Error('no root');
    scenario.given(AGENT, report([root], 2));
    expect(scenario.ledger.nodes.get('node-1')?.tree.providers.map((each) => [each.id, each.isVanished])).toEqual([
      ['root', false],
      ['gpu-0', true],
    ]);
    expect(inventoryOf(scenario, 'gpu-0', 'GPU_MILLI')).toMatchObject({ isVanished: true, capacity: 0, charged: 300 });
    expect(codeOf(scenario.ask(AGENT, report([root], 3)))).toBe('unchanged');
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId });
    expect(scenario.ledger.nodes.get('node-1')?.tree.providers.map((each) => each.id)).toEqual(['root']);
    expect([...scenario.ledger.providerNode.keys()]).toEqual(['root']);
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('is taken back with its charge when it is reported again', () => {
    const scenario = withNode();
    claim(scenario, { SLOT: 2 });
    const [root, ...devices] = TREE;
    if (root === undefined) throw new Error('no root');
    scenario.given(AGENT, report([{ ...root, inventories: root.inventories.slice(0, 2) }, ...devices], 2));
    expect(inventoryOf(scenario, 'root', 'SLOT')).toMatchObject({
      isVanished: true,
      charged: 2,
      takenUnits: ['1', '2'],
    });
    const fewer = { class: 'SLOT', total: 2, units: ['2', '10'] };
    const reported = [{ ...root, inventories: [...root.inventories.slice(0, 2), fewer] }, ...devices];
    scenario.given(AGENT, report(reported, 3));
    expect(inventoryOf(scenario, 'root', 'SLOT')).toMatchObject({
      isVanished: false,
      units: ['2', '10'],
      takenUnits: ['1', '2'],
      charged: 2,
    });
    const more = {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-2',
      request: { resources: { SLOT: 1 } },
    } as const;
    expect(codeOf(scenario.ask(AGENT, more))).toBe('NO_CAPACITY');
  });
});

describe('a reported tree', () => {
  it('may not name a provider that belongs to another node', () => {
    const scenario = withNode();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
    const stolen: readonly ReportedProvider[] = [
      { id: 'root-2', inventories: [] },
      { id: 'gpu-0', parent: 'root-2', inventories: [] },
    ];
    expect(scenario.ask(AGENT, report(stolen, 1, 1, 'node-2'))).toMatchObject({
      rejection: { code: 'PROVIDER_ELSEWHERE', details: { node: 'node-2', provider: 'gpu-0', otherNode: 'node-1' } },
    });
  });

  it.each<[string, readonly ReportedProvider[], { provider: string; class: string }]>([
    ['one-root', [], { provider: '', class: '' }],
    [
      'one-root',
      [
        { id: 'a', inventories: [] },
        { id: 'b', inventories: [] },
      ],
      { provider: 'b', class: '' },
    ],
    [
      'unique-provider',
      [
        { id: 'a', inventories: [] },
        { id: 'a', inventories: [] },
      ],
      { provider: 'a', class: '' },
    ],
    [
      'known-parent',
      [
        { id: 'a', inventories: [] },
        { id: 'b', parent: 'c', inventories: [] },
      ],
      { provider: 'b', class: '' },
    ],
    [
      'no-cycle',
      [
        { id: 'a', inventories: [] },
        { id: 'b', parent: 'c', inventories: [] },
        { id: 'c', parent: 'b', inventories: [] },
      ],
      { provider: 'b', class: '' },
    ],
    [
      'unique-class',
      [
        {
          id: 'a',
          inventories: [
            { class: 'VCPU', total: 1 },
            { class: 'VCPU', total: 2 },
          ],
        },
      ],
      { provider: 'a', class: 'VCPU' },
    ],
    ['unique-unit', rootWith({ class: 'SLOT', total: 2, units: ['1', '1'] }), { provider: 'root', class: 'SLOT' }],
    [
      'total-is-unit-count',
      rootWith({ class: 'SLOT', total: 3, units: ['1', '2'] }),
      { provider: 'root', class: 'SLOT' },
    ],
    [
      'min-at-most-max',
      rootWith({ class: 'VCPU', total: 3, minUnit: 3, maxUnit: 2 }),
      { provider: 'root', class: 'VCPU' },
    ],
    [
      'countable-capacity',
      rootWith({ class: 'VCPU', total: Number.MAX_SAFE_INTEGER, allocationRatioMillionths: 2_000_000 }),
      { provider: 'root', class: 'VCPU' },
    ],
  ])('may not break %s', (rule, providers, place) => {
    expect(detailsOf(withNode(), providers)).toEqual({
      code: 'INVALID_INVENTORY',
      details: { judgedAt: 4, node: 'node-1', ...place, rule },
    });
  });
});

const unsupported = (sequence: number, reason = 'not implemented'): Ask => ({
  type: 'ReportInventory',
  node: 'node-1',
  incarnation: 1,
  sequence,
  mode: 'unsupported',
  reason,
});

const flat = (totals: readonly FlatTotal[], sequence = 2, node = 'node-1'): Ask => ({
  type: 'ReportInventory',
  node,
  incarnation: 1,
  sequence,
  mode: 'flat',
  totals,
});

const statusOf = (scenario: Scenario) => scenario.ledger.nodes.get('node-1')?.inventoryStatus;

describe('a report that the driver does not support', () => {
  it('keeps the last inventory, takes no new claims, and lets releases go on', () => {
    const scenario = withNode();
    const claimId = claim(scenario, { VCPU: 2 });
    const before = scenario.ledger.nodes.get('node-1')?.tree.providers;
    scenario.pass(1_000);
    expect(scenario.ask(AGENT, unsupported(2))).toEqual({
      kind: 'accepted',
      events: [
        { type: 'InventoryStale', schemaVersion: 1, data: { node: 'node-1', sequence: 2, reason: 'not implemented' } },
      ],
    });
    expect(statusOf(scenario)).toEqual({ kind: 'stale', sequence: 2, since: 1_006, reason: 'not implemented' });
    expect(scenario.ledger.nodes.get('node-1')?.tree.providers).toBe(before);
    const more: Ask = { type: 'ClaimInstance', node: 'node-1', instance: 'i-2', request: { resources: { VCPU: 1 } } };
    expect(scenario.ask(AGENT, more)).toMatchObject({
      rejection: { code: 'INVENTORY_STALE', details: { node: 'node-1', reason: 'not implemented', since: 1_006 } },
    });
    expect(scenario.ask(AGENT, { ...more, alternates: ['node-9'] })).toMatchObject({
      rejection: {
        code: 'INVENTORY_STALE',
        details: {
          ...{ node: 'node-1', reason: 'not implemented', since: 1_006 },
          nodes: [
            { node: 'node-1', code: 'INVENTORY_STALE', reason: 'not implemented', since: 1_006 },
            { node: 'node-9', code: 'NODE_NOT_FOUND' },
          ],
        },
      },
    });
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId });
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('is recorded once per reason, and stale since the first', () => {
    const scenario = withNode();
    scenario.given(AGENT, unsupported(2));
    const first = statusOf(scenario);
    expect(codeOf(scenario.ask(AGENT, unsupported(3)))).toBe('unchanged');
    scenario.pass(5_000);
    scenario.given(AGENT, unsupported(4, 'driver timed out'));
    expect(statusOf(scenario)).toEqual({ ...first, sequence: 4, reason: 'driver timed out' });
  });

  it('ends with a report that states totals, also the same as before', () => {
    const scenario = withNode();
    scenario.given(AGENT, unsupported(2));
    expect(codeOf(scenario.ask(AGENT, report(TREE, 2)))).toBe('STALE_REPORT');
    expect(codeOf(scenario.ask(AGENT, report(TREE, 3)))).toBe('accepted');
    expect(statusOf(scenario)).toEqual({ kind: 'reported', sequence: 3 });
  });

  it('that comes late says nothing against a newer one', () => {
    const scenario = withNode();
    scenario.given(AGENT, report(TREE.slice(0, 2), 3));
    expect(codeOf(scenario.ask(AGENT, unsupported(2)))).toBe('STALE_REPORT');
  });
});

describe('a silent node', () => {
  it('is stale after three intervals, once, until it reports again', () => {
    const scenario = withNode();
    const limitMs = silenceLimitMs(scenario.ledger);
    expect(limitMs).toBe(180_000);
    const unheardSince = (time: number) => (time < 1_000 ? [] : scenario.ledger.nodes.keys());
    expect(decideSilence(scenario.ledger, unheardSince, 1_000 + limitMs - 1)).toEqual([]);
    const decided = decideSilence(scenario.ledger, unheardSince, 1_000 + limitMs);
    expect(decided).toEqual([
      { type: 'InventoryStale', schemaVersion: 1, data: { node: 'node-1', sequence: 1, reason: 'silent' } },
    ]);
    scenario.record(decided);
    expect(decideSilence(scenario.ledger, unheardSince, 1_000 + 2 * limitMs)).toEqual([]);
    const asked: Ask = { type: 'ClaimInstance', node: 'node-1', instance: 'i-1', request: { resources: { VCPU: 1 } } };
    expect(scenario.ask(AGENT, asked)).toMatchObject({
      rejection: { code: 'INVENTORY_STALE', details: { reason: 'silent', since: expect.any(Number) } },
    });
    expect(codeOf(scenario.ask(AGENT, report(TREE, 2)))).toBe('accepted');
  });

  it('is left alone when it is retired', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, { type: 'RetireNode', node: 'node-1' });
    expect(decideSilence(scenario.ledger, () => scenario.ledger.nodes.keys(), 1_000_000)).toEqual([]);
  });
});

describe('a flat report', () => {
  it('changes totals of the root and nothing else', () => {
    const scenario = withNode(
      rootWith({ class: 'VCPU', total: 8, reserved: 2, maxUnit: 4, allocationRatioMillionths: 2_000_000 }),
    );
    claim(scenario, { VCPU: 3 });
    scenario.given(AGENT, flat([{ class: 'VCPU', total: 4 }]));
    expect(inventoryOf(scenario, 'root', 'VCPU')).toMatchObject({
      total: 4,
      reserved: 2,
      maxUnit: 4,
      capacity: 4,
      charged: 3,
      isVanished: false,
    });
    expect(codeOf(scenario.ask(AGENT, flat([{ class: 'VCPU', total: 4 }], 3)))).toBe('unchanged');
  });

  it('leaves classes and devices alone that it does not name, and adds what is new', () => {
    const scenario = withNode();
    scenario.given(AGENT, flat([{ class: 'DISK_GB', total: 100 }]));
    expect(inventoryOf(scenario, 'root', 'DISK_GB')).toMatchObject({ total: 100, capacity: 100 });
    expect(inventoryOf(scenario, 'root', 'VCPU')).toMatchObject({ total: 8 });
    expect(inventoryOf(scenario, 'gpu-1', 'GPU_MILLI')).toMatchObject({ total: 1_000 });
  });

  it.each<[string, readonly FlatTotal[], string]>([
    ['a class of a device', [{ class: 'GPU_MILLI', total: 2_000 }], 'fungible-at-root'],
    ['a class with units', [{ class: 'SLOT', total: 3 }], 'fungible-at-root'],
    [
      'a class twice',
      [
        { class: 'VCPU', total: 1 },
        { class: 'VCPU', total: 2 },
      ],
      'unique-class',
    ],
  ])('may not state %s', (_, totals, rule) => {
    expect(withNode().ask(AGENT, flat(totals))).toMatchObject({
      rejection: { code: 'INVALID_INVENTORY', details: { provider: 'root', class: totals[0]?.class, rule } },
    });
  });

  it('may state a class that has no units left: an empty list names none', () => {
    const scenario = withNode(rootWith({ class: 'SLOT', total: 1, units: ['1'] }));
    scenario.given(AGENT, report(rootWith({ class: 'SLOT', total: 0, units: [] }), 2));
    expect(inventoryOf(scenario, 'root', 'SLOT')).not.toHaveProperty('units');
    expect(codeOf(scenario.ask(AGENT, report(rootWith({ class: 'SLOT', total: 0 }), 3)))).toBe('unchanged');
    expect(codeOf(scenario.ask(AGENT, flat([{ class: 'SLOT', total: 3 }], 3)))).toBe('accepted');
  });

  it('before any other makes the node its own root', () => {
    const scenario = startScenario();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-1' });
    scenario.given(AGENT, flat([{ class: 'VCPU', total: 4 }], 1));
    expect(inventoryOf(scenario, 'node-1', 'VCPU')).toMatchObject({ total: 4, capacity: 4 });
  });

  it('before any other cannot take a root that is a provider of another node', () => {
    const scenario = withNode([{ id: 'node-2', inventories: [] }]);
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
    expect(codeOf(scenario.ask(AGENT, flat([{ class: 'VCPU', total: 4 }], 1, 'node-2')))).toBe('PROVIDER_ELSEWHERE');
  });
});
