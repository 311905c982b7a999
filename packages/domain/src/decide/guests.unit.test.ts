import { describe, expect, it } from 'vitest';
import { driftsOn, drop, held, policy, see, withTwoNodes } from '../testing/audits.ts';
import { AGENT, codeOf, OPERATOR, report, SCHEDULER, type Scenario, TREE, withNode } from '../testing/scenario.ts';

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

  it('keeps what differs on record while the agent does not tell what the guest uses', () => {
    const scenario = withNode();
    held(scenario, 'i-1', { VCPU: 2, SLOT: 1 });
    const slot = { provider: 'root', class: 'SLOT', amount: 1 };
    const vcpu = { provider: 'root', class: 'VCPU', amount: 3 };
    see(scenario, [{ instance: 'i-1', charge: [vcpu, { ...slot, units: ['10'] }] }]);
    expect(driftsOn(scenario)).toEqual(['amounts-differ i-1', 'units-differ i-1']);
    expect(codeOf(see(scenario, ['i-1']))).toBe('unchanged');
    expect(codeOf(see(scenario, ['i-1'], { complete: false }))).toBe('unchanged');
    see(scenario, [{ instance: 'i-1', charge: [{ ...vcpu, amount: 2 }, slot] }]);
    expect(driftsOn(scenario)).toEqual(['units-differ i-1']);
    see(scenario, [
      {
        instance: 'i-1',
        charge: [
          { ...vcpu, amount: 2 },
          { ...slot, units: ['1'] },
        ],
      },
    ]);
    expect(driftsOn(scenario)).toEqual([]);
  });

  it('clears what differed of a claim that is over, whatever the agent tells', () => {
    const scenario = withNode();
    held(scenario, 'i-1', { VCPU: 2 });
    see(scenario, [{ instance: 'i-1', charge: [{ provider: 'root', class: 'VCPU', amount: 3 }] }]);
    expect(driftsOn(scenario)).toEqual(['amounts-differ i-1']);
    scenario.given(AGENT, drop('i-1'));
    see(scenario, ['i-1']);
    expect(driftsOn(scenario)).toEqual(['guest-unknown i-1']);
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

describe('a guest on the side that a closed move left', () => {
  /** i-1 runs on node-2, after a live move from node-1 that is `releasing` or an evacuation that left it behind. */
  const moved = (kind: 'live' | 'evacuation'): Scenario => {
    const scenario = withTwoNodes();
    held(scenario, 'i-1');
    if (kind === 'evacuation') {
      scenario.given(OPERATOR, { type: 'MarkNodeDown', node: 'node-1', reason: 'power', fenced: false });
    }
    const from = { instance: 'i-1', source: 'node-1', claimId: 'claim-i-1' } as const;
    scenario.given(SCHEDULER, { type: 'ClaimMove', kind, ...from, destination: 'node-2' }, 'move-1');
    for (const to of ['prepared', 'running', 'switched'] as const) {
      if (kind === 'live' || to !== 'prepared') {
        scenario.given(AGENT, { type: 'AdvanceMove', instance: 'i-1', moveId: 'move-1', to });
      }
    }
    scenario.given(OPERATOR, { type: 'ConfirmMove', instance: 'i-1', moveId: 'move-1' });
    return scenario;
  };

  it.each([
    ['live', 'releasing'],
    ['evacuation', 'left-behind'],
  ] as const)('may run twice: it is reported after a %s move whose source is %s', (kind, state) => {
    const scenario = moved(kind);
    expect(scenario.ledger.moves.get('move-1')?.other?.state).toBe(state);
    expect(codeOf(see(scenario, ['i-1'], { node: 'node-2' }))).toBe('unchanged');
    see(scenario, ['i-1'], { complete: false });
    expect(driftsOn(scenario)).toEqual(['guest-elsewhere i-1']);
    see(scenario, ['i-1'], { node: 'node-2' });
    expect(driftsOn(scenario, 'node-2')).toEqual(['guest-on-two-nodes i-1']);
    expect(codeOf(see(scenario, ['i-1'], { complete: false }))).toBe('accepted');
    expect(driftsOn(scenario)).toEqual(['guest-elsewhere i-1', 'guest-on-two-nodes i-1']);
    expect(codeOf(see(scenario, ['i-1']))).toBe('unchanged');
    see(scenario, []);
    see(scenario, ['i-1'], { node: 'node-2' });
    expect([...driftsOn(scenario), ...driftsOn(scenario, 'node-2')]).toEqual(['release-done i-1']);
  });

  it('is no news while the list was begun before the move ended, nor once the instance has ended', () => {
    const scenario = moved('live');
    expect(codeOf(see(scenario, ['i-1'], { takenAt: scenario.events.length - 1 }))).toBe('unchanged');
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-2', instance: 'i-1', claimId: 'move-1' });
    expect(codeOf(see(scenario, ['i-1']))).toBe('unchanged');
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
