import { describe, expect, it } from 'vitest';
import type { DriftPolicy, Guest } from '../command.ts';
import {
  AGENT,
  type Ask,
  chargedOn,
  codeOf,
  OPERATOR,
  report,
  type Scenario,
  TREE,
  withNode,
} from '../testing/scenario.ts';

const held = (
  scenario: Scenario,
  instance: string,
  resources: Readonly<Record<string, number>> = { VCPU: 1 },
): void => {
  const claimId = `claim-${instance}`;
  scenario.given(AGENT, { type: 'ClaimInstance', node: 'node-1', instance, request: { resources } }, claimId);
  scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance, claimId });
};

const drop = (instance: string): Ask => ({
  type: 'DropInstance',
  node: 'node-1',
  instance,
  claimId: `claim-${instance}`,
});

interface Listed {
  readonly complete?: boolean;
  readonly takenAt?: number;
  readonly incarnation?: number;
  readonly node?: string;
}

/** A report of guests, listed after the newest event unless told otherwise. */
const guests = (scenario: Scenario, list: readonly (Guest | string)[], listed: Listed = {}): Ask => ({
  type: 'ReportGuests',
  node: 'node-1',
  incarnation: 1,
  complete: true,
  takenAt: scenario.events.length,
  guests: list.map((guest) => (typeof guest === 'string' ? { instance: guest } : guest)),
  ...listed,
});

const see = (scenario: Scenario, list: readonly (Guest | string)[], listed: Listed = {}) =>
  scenario.ask(AGENT, guests(scenario, list, listed));

const policy = (scenario: Scenario, name: DriftPolicy, mayFree?: number): void => {
  const stated = mayFree === undefined ? {} : { mayFree };
  scenario.given(OPERATOR, { type: 'SetDriftPolicy', node: 'node-1', policy: name, ...stated });
};

const driftsOn = (scenario: Scenario, node = 'node-1') =>
  (scenario.ledger.nodes.get(node)?.drifts ?? []).map(({ kind, instance }) => `${kind} ${instance}`);

const withTwoNodes = (): Scenario => {
  const scenario = withNode();
  scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
  scenario.given(AGENT, report([{ id: 'node-2', inventories: [{ class: 'VCPU', total: 8 }] }], 1, 1, 'node-2'));
  return scenario;
};

describe('a report of guests', () => {
  it('that shows what the ledger has appends nothing', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    expect(see(scenario, ['i-1'])).toEqual({
      kind: 'unchanged',
      result: { type: 'ReportGuests', node: 'node-1', found: 0, cleared: 0, healed: 0 },
    });
  });

  it('records a drift once, and that it is gone', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    expect(see(scenario, ['stranger'])).toEqual({
      kind: 'accepted',
      events: [
        {
          type: 'DriftFound',
          schemaVersion: 1,
          data: {
            node: 'node-1',
            found: [
              { kind: 'guest-missing', instance: 'i-1', details: { claimId: 'claim-i-1' } },
              { kind: 'guest-unknown', instance: 'stranger', details: {} },
            ],
            cleared: [],
          },
        },
      ],
    });
    expect(codeOf(see(scenario, ['stranger']))).toBe('unchanged');
    expect(see(scenario, ['i-1'])).toMatchObject({
      events: [
        {
          data: {
            found: [],
            cleared: [
              { kind: 'guest-missing', instance: 'i-1' },
              { kind: 'guest-unknown', instance: 'stranger' },
            ],
          },
        },
      ],
    });
    expect(driftsOn(scenario)).toEqual([]);
    expect(scenario.ledger.driftsOf.size).toBe(0);
  });

  it('that is incomplete proves nothing by what it leaves out', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    expect(codeOf(see(scenario, [], { complete: false }))).toBe('unchanged');
    see(scenario, []);
    expect(codeOf(see(scenario, [], { complete: false }))).toBe('unchanged');
    expect(driftsOn(scenario)).toEqual(['guest-missing i-1']);
    expect(codeOf(see(scenario, ['i-1'], { complete: false }))).toBe('accepted');
    expect(driftsOn(scenario)).toEqual([]);
  });

  it('skips what was touched after it was taken, and claims that are not confirmed', () => {
    const scenario = withNode();
    const takenAt = scenario.events.length;
    held(scenario, 'i-1');
    scenario.given(AGENT, {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-2',
      request: { resources: { VCPU: 1 } },
    });
    expect(codeOf(see(scenario, [], { takenAt }))).toBe('unchanged');
    see(scenario, []);
    expect(driftsOn(scenario)).toEqual(['guest-missing i-1']);
    const before = scenario.events.length;
    scenario.given(AGENT, drop('i-1'));
    expect(codeOf(see(scenario, ['i-1'], { takenAt: before }))).toBe('unchanged');
    expect(codeOf(see(scenario, ['i-1']))).toBe('accepted');
    expect(driftsOn(scenario)).toEqual(['guest-unknown i-1']);
  });

  it('is not put off by reports of the state of its guests', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    const takenAt = scenario.events.length;
    const state = { vm: 'active' };
    scenario.given(AGENT, {
      type: 'ReportInstanceState',
      node: 'node-1',
      instance: 'i-1',
      claimId: 'claim-i-1',
      state,
    });
    see(scenario, [], { takenAt });
    expect(driftsOn(scenario)).toEqual(['guest-missing i-1']);
  });

  it('is refused when it is of another incarnation or taken after the newest event', () => {
    const scenario = withNode();
    expect(codeOf(see(scenario, [], { incarnation: 2 }))).toBe('STALE_INCARNATION');
    expect(codeOf(see(scenario, [], { takenAt: 99 }))).toBe('TAKEN_AT_AHEAD');
  });

  it('compares amounts and units where the agent tells them', () => {
    const scenario = withNode();
    held(scenario, 'i-1', { VCPU: 2, SLOT: 1 });
    const slots = (units: readonly string[]) => ({ provider: 'root', class: 'SLOT', amount: units.length, units });
    const vcpu = { provider: 'root', class: 'VCPU', amount: 2 };
    expect(codeOf(see(scenario, [{ instance: 'i-1', charge: [vcpu, slots(['1'])] }]))).toBe('unchanged');
    see(scenario, [{ instance: 'i-1', charge: [{ ...vcpu, amount: 3 }, slots(['10'])] }]);
    expect(scenario.ledger.nodes.get('node-1')?.drifts).toMatchObject([
      {
        kind: 'amounts-differ',
        details: { amounts: [{ provider: 'root', class: 'VCPU', held: 2, found: 3 }] },
      },
      {
        kind: 'units-differ',
        details: { units: [{ provider: 'root', class: 'SLOT', missing: ['1'], extra: ['10'] }] },
      },
    ]);
  });

  it('finds units that vanished under a claim, and never heals them', () => {
    const scenario = withNode();
    policy(scenario, 'heal-all', 99);
    held(scenario, 'i-1', { SLOT: 1 });
    const [root, ...devices] = TREE;
    if (root === undefined) throw new Error('no root');
    const fewer = { class: 'SLOT', total: 2, units: ['2', '10'] };
    scenario.given(AGENT, report([{ ...root, inventories: [fewer] }, ...devices], 2));
    see(scenario, ['i-1']);
    scenario.pass(100_000);
    expect(codeOf(see(scenario, ['i-1']))).toBe('unchanged');
    expect(driftsOn(scenario)).toEqual(['unit-vanished i-1']);
  });

  it('finds a guest on the wrong node, and on two nodes when its own node sees it, too', () => {
    const scenario = withTwoNodes();
    held(scenario, 'i-1');
    see(scenario, ['i-1'], { node: 'node-2' });
    expect(driftsOn(scenario, 'node-2')).toEqual(['guest-elsewhere i-1']);
    see(scenario, ['i-1']);
    expect(driftsOn(scenario)).toEqual(['guest-on-two-nodes i-1']);
    see(scenario, [], { node: 'node-2' });
    see(scenario, ['i-1']);
    expect([...driftsOn(scenario), ...driftsOn(scenario, 'node-2')]).toEqual([]);
  });
});

describe('a report of many guests', () => {
  const strangers = (count: number, length: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `g${index}`.padEnd(length, 'x'));

  it.each([
    ['many', strangers(450, 8), [200, 200, 50]],
    ['long', strangers(200, 250), [108, 92, 0]],
  ])('records as many drifts as one event may hold and the rest next time: %s', (_, list, counts) => {
    const scenario = withNode();
    const found = counts.map(() => {
      const decision = see(scenario, list);
      const [event] = decision.kind === 'accepted' ? decision.events : [];
      return event?.type === 'DriftFound' ? event.data.found.length : 0;
    });
    expect(found).toEqual(counts);
    expect(codeOf(see(scenario, list))).toBe('unchanged');
  });
});

describe('healing', () => {
  it('is off by default', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    scenario.given(OPERATOR, drop('i-1'));
    see(scenario, []);
    expect(driftsOn(scenario)).toEqual(['release-done i-1']);
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 1 });
  });

  it('heal-safe frees a charge whose release was asked for once the guest is gone, and names drift and policy', () => {
    const scenario = withNode();
    policy(scenario, 'heal-safe');
    held(scenario, 'i-1');
    scenario.given(OPERATOR, drop('i-1'));
    expect(codeOf(see(scenario, ['i-1']))).toBe('unchanged');
    expect(see(scenario, [])).toMatchObject({
      events: [
        { type: 'DriftFound', data: { found: [{ kind: 'release-done', instance: 'i-1' }] } },
        {
          type: 'DriftHealed',
          data: {
            node: 'node-1',
            policy: 'heal-safe',
            healed: [{ kind: 'release-done', instance: 'i-1', effect: 'freed', claimId: 'claim-i-1' }],
          },
        },
      ],
    });
    expect(chargedOn(scenario.ledger)).toEqual({});
    expect(scenario.ledger.instances.get('i-1')?.status).toBe('ended');
    expect(driftsOn(scenario)).toEqual([]);
    expect(codeOf(see(scenario, []))).toBe('unchanged');
  });

  it('heal-safe frees no guest that is only missing', () => {
    const scenario = withNode();
    policy(scenario, 'heal-safe');
    held(scenario, 'i-1');
    see(scenario, []);
    scenario.pass(100_000);
    expect(codeOf(see(scenario, []))).toBe('unchanged');
  });

  it('heal-all frees a guest that two complete reports miss, at least a minute apart', () => {
    const scenario = withNode();
    policy(scenario, 'heal-all');
    held(scenario, 'i-1');
    const takenAt = scenario.events.length;
    see(scenario, []);
    scenario.pass(59_000);
    expect(codeOf(see(scenario, []))).toBe('unchanged');
    scenario.pass(1_000);
    expect(codeOf(see(scenario, [], { takenAt }))).toBe('unchanged');
    expect(codeOf(see(scenario, [], { complete: false }))).toBe('unchanged');
    expect(see(scenario, [])).toMatchObject({
      events: [{ type: 'DriftHealed', data: { policy: 'heal-all', healed: [{ kind: 'guest-missing' }] } }],
    });
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('never trusts the first report of an incarnation about missing guests', () => {
    const scenario = withNode();
    policy(scenario, 'heal-all');
    held(scenario, 'i-1');
    see(scenario, []);
    scenario.pass(100_000);
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-2' });
    expect(see(scenario, [], { incarnation: 2 })).toMatchObject({ events: [{ type: 'DriftFound' }] });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 1 });
    scenario.pass(60_000);
    expect(see(scenario, [], { incarnation: 2 })).toMatchObject({ events: [{ type: 'DriftHealed' }] });
  });

  it('heal-all adopts an unknown guest with what it uses, above capacity too, but never twice a unit', () => {
    const scenario = withNode();
    policy(scenario, 'heal-all');
    held(scenario, 'i-1', { SLOT: 1 });
    const vcpu = { provider: 'root', class: 'VCPU', amount: 20 };
    const slot = { provider: 'root', class: 'SLOT', amount: 1, units: ['1'] };
    const found = [
      'i-1',
      { instance: 'big', charge: [vcpu] },
      { instance: 'clash', charge: [slot] },
      { instance: 'mute' },
      { instance: 'odd', charge: [{ ...vcpu, provider: 'nowhere' }] },
    ];
    expect(see(scenario, found)).toMatchObject({
      events: [
        { type: 'DriftFound' },
        {
          type: 'DriftHealed',
          data: { healed: [{ kind: 'guest-unknown', instance: 'big', effect: 'adopted', charge: [vcpu] }] },
        },
      ],
    });
    expect(scenario.ledger.instances.get('big')).toMatchObject({
      status: 'held',
      claim: { status: 'confirmed', node: 'node-1', charge: [vcpu] },
    });
    expect(driftsOn(scenario)).toEqual(['guest-unknown odd', 'guest-unknown mute', 'guest-unknown clash']);
    expect(codeOf(see(scenario, found))).toBe('unchanged');
  });

  it('never adopts an instance that ended', () => {
    const scenario = withNode();
    policy(scenario, 'heal-all');
    held(scenario, 'i-1');
    scenario.given(AGENT, drop('i-1'));
    see(scenario, [{ instance: 'i-1', charge: [{ provider: 'root', class: 'VCPU', amount: 1 }] }]);
    expect(driftsOn(scenario)).toEqual(['guest-unknown i-1']);
    expect(scenario.ledger.instances.get('i-1')?.status).toBe('ended');
  });

  it('of too many charges at once is withheld until the operator states the number, and for that heal only', () => {
    const scenario = withNode();
    policy(scenario, 'heal-safe');
    const instances = ['i-1', 'i-2', 'i-3', 'i-4'];
    for (const instance of instances) {
      held(scenario, instance);
      scenario.given(OPERATOR, drop(instance));
    }
    expect(see(scenario, [])).toMatchObject({ events: [{ type: 'DriftFound' }] });
    expect(see(scenario, [])).toEqual({
      kind: 'rejected',
      rejection: {
        code: 'HEAL_TOO_LARGE',
        details: { judgedAt: scenario.events.length, node: 'node-1', policy: 'heal-safe', count: 4, limit: 3 },
      },
    });
    policy(scenario, 'heal-safe', 3);
    expect(codeOf(see(scenario, []))).toBe('HEAL_TOO_LARGE');
    policy(scenario, 'heal-safe', 4);
    expect(see(scenario, [])).toMatchObject({ events: [{ type: 'DriftHealed' }] });
    expect(chargedOn(scenario.ledger)).toEqual({});
    expect(scenario.ledger.nodes.get('node-1')?.driftPolicy).toEqual({ policy: 'heal-safe' });
  });

  it('frees what an evacuation left behind once the guest is gone from the returned host', () => {
    const scenario = withTwoNodes();
    policy(scenario, 'heal-safe');
    held(scenario, 'i-1');
    scenario.given(OPERATOR, { type: 'MarkNodeDown', node: 'node-1', reason: 'power', fenced: false });
    const moveId = scenario.given(AGENT, {
      type: 'ClaimMove',
      kind: 'evacuation',
      instance: 'i-1',
      source: 'node-1',
      claimId: 'claim-i-1',
      destination: 'node-2',
    });
    expect(codeOf(see(scenario, []))).toBe('unchanged');
    for (const to of ['running', 'switched', 'completed'] as const) {
      scenario.given(AGENT, { type: 'AdvanceMove', instance: 'i-1', moveId, to });
    }
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 1, 'node-2 node-2 VCPU': 1 });
    expect(codeOf(see(scenario, ['i-1']))).toBe('unchanged');
    see(scenario, []);
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-2 node-2 VCPU': 1 });
    expect(codeOf(see(scenario, []))).toBe('unchanged');
  });
});
