import { describe, expect, it } from 'vitest';
import type { Guest } from '../command.ts';
import { driftsOn, drop, guests, held, policy, see, without, withTwoNodes } from '../testing/audits.ts';
import { AGENT, chargedOn, codeOf, OPERATOR, report, TREE, withNode } from '../testing/scenario.ts';

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

  it('adopts no guest whose units the report does not name, and says so in the drift', () => {
    const scenario = withNode();
    policy(scenario, 'heal-all');
    const guest = (units?: readonly string[]): Guest => ({
      instance: 'i-1',
      charge: [{ provider: 'root', class: 'SLOT', amount: 1, ...(units === undefined ? {} : { units }) }],
    });
    const details = { unitsMissing: [{ provider: 'root', class: 'SLOT' }] };
    const found = [{ kind: 'guest-unknown', instance: 'i-1', details }];
    expect(see(scenario, [guest()])).toMatchObject({ events: [{ type: 'DriftFound', data: { found } }] });
    expect(codeOf(see(scenario, [guest()]))).toBe('unchanged');
    expect(chargedOn(scenario.ledger)).toEqual({});
    see(scenario, [guest(['2'])]);
    expect(scenario.ledger.instances.get('i-1')).toMatchObject({ claim: { charge: [{ units: ['2'] }] } });
    expect(driftsOn(scenario)).toEqual([]);
  });

  it('gives guests that it adopts together claims that only instance and node tell apart', () => {
    const scenario = withNode();
    policy(scenario, 'heal-all');
    const charge = [{ provider: 'root', class: 'VCPU', amount: 1 }];
    const twins = ['i-1', 'i-2'].map((instance) => ({ instance, charge }));
    scenario.given(AGENT, guests(scenario, twins), 'audit-1');
    const claim = { node: 'node-1', claimId: 'audit-1' };
    scenario.given(AGENT, { type: 'DropInstance', instance: 'i-1', ...claim });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 1 });
    const shelve = { type: 'ShelveOffload', instance: 'i-2', ...claim } as const;
    expect(codeOf(scenario.ask(AGENT, { ...shelve, instance: 'i-1' }))).toBe('INSTANCE_ENDED');
    expect(codeOf(scenario.ask(AGENT, { ...shelve, claimId: 'audit-2' }))).toBe('CLAIM_MISMATCH');
    scenario.given(AGENT, shelve);
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('leaves the next report nothing: no drift of a claim that it freed, no guest that it had room for', () => {
    const scenario = withNode();
    policy(scenario, 'heal-all');
    held(scenario, 'i-1', { SLOT: 2 });
    scenario.given(AGENT, report(TREE.map(without('1')), 2));
    see(scenario, ['i-1']);
    expect(driftsOn(scenario)).toEqual(['unit-vanished i-1']);
    scenario.given(OPERATOR, drop('i-1'));
    const guest = { instance: 'i-2', charge: [{ provider: 'root', class: 'SLOT', amount: 1, units: ['2'] }] };
    expect(see(scenario, [guest])).toMatchObject({
      events: [
        {
          type: 'DriftFound',
          data: {
            found: [
              { kind: 'release-done', instance: 'i-1' },
              { kind: 'guest-unknown', instance: 'i-2' },
            ],
            cleared: [{ kind: 'unit-vanished', instance: 'i-1' }],
          },
        },
        { type: 'DriftHealed', data: { healed: [{ effect: 'freed' }, { effect: 'adopted' }] } },
      ],
    });
    expect(driftsOn(scenario)).toEqual([]);
    expect(codeOf(see(scenario, [guest]))).toBe('unchanged');
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

  it('frees what an evacuation left behind once its next incarnation does not run the guest', () => {
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
    const both = chargedOn(scenario.ledger);
    see(scenario, []);
    scenario.given(OPERATOR, { type: 'DisableNode', node: 'node-1', reason: 'looking' });
    expect(codeOf(see(scenario, []))).toBe('unchanged');
    expect([chargedOn(scenario.ledger), driftsOn(scenario)]).toEqual([both, ['release-done i-1']]);
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-2' });
    see(scenario, ['i-1'], { incarnation: 2 });
    expect(driftsOn(scenario)).toEqual(['guest-elsewhere i-1']);
    see(scenario, [], { incarnation: 2 });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-2 node-2 VCPU': 1 });
    expect(codeOf(see(scenario, [], { incarnation: 2 }))).toBe('unchanged');
  });
});
