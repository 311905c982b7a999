import { describe, expect, it } from 'vitest';
import { canonicalRecords } from '../canonical.ts';
import type { Guest } from '../command.ts';
import { countersOf } from '../counters.ts';
import type { LedgerEvent } from '../event.ts';
import { apply } from '../evolve/evolve.ts';
import {
  AGENT,
  type Ask,
  chargedOn,
  codeOf,
  OPERATOR,
  report,
  SCHEDULER,
  type Scenario,
  TREE,
  withNode,
} from '../testing/scenario.ts';

const claim = (instance: string, resources: Readonly<Record<string, number>>, node = 'node-1'): Ask => ({
  type: 'ClaimInstance',
  node,
  instance,
  request: { resources },
});

const hold = (scenario: Scenario, instance: string, resources: Readonly<Record<string, number>>, node = 'node-1') => {
  const claimId = scenario.given(AGENT, claim(instance, resources, node), `claim-${instance}`);
  scenario.given(AGENT, { type: 'ConfirmClaim', node, instance, claimId });
};

const see = (scenario: Scenario, guests: readonly Guest[], takenAt = scenario.events.length, node = 'node-1') =>
  scenario.ask(AGENT, { type: 'ReportGuests', node, incarnation: 1, complete: true, takenAt, guests });

const unitsOf = (scenario: Scenario, id: string) => {
  const instance = scenario.ledger.instances.get(id);
  return instance?.status === 'held' ? instance.claim.charge.flatMap((line) => line.units ?? []) : [];
};

describe('defects of the reference tracker in reports and audits that cannot happen here', () => {
  it('D27: what cannot be applied changes nothing, not half of it', () => {
    // There: a save that fails after usage was added leaves the memory charged (1/128/1) and the rest unsaved.
    const scenario = withNode();
    hold(scenario, 'i-1', { VCPU: 1 });
    const before = [...canonicalRecords(scenario.ledger)];
    const last = scenario.events.at(-1);
    if (last === undefined) throw new Error('no event');
    const healed = [
      { kind: 'guest-missing', instance: 'i-1', effect: 'freed', claimId: 'claim-i-1' },
      { kind: 'guest-missing', instance: 'i-2', effect: 'freed', claimId: 'claim-i-2' },
    ] as const;
    const { command: _, ...envelope } = last;
    const damaged: LedgerEvent = {
      ...envelope,
      number: last.number + 1,
      type: 'DriftHealed',
      schemaVersion: 1,
      data: { node: 'node-1', policy: 'heal-all', healed },
    };
    expect(() => apply(scenario.ledger, damaged)).toThrow('i-2 is not held');
    expect([...canonicalRecords(scenario.ledger)]).toEqual(before);
  });

  it('D28: a driver without inventory makes the node stale: no guess, no zeroes, no claim, and never for ever', () => {
    // There: the first release guessed an inventory; later ones fail each claim after charging it (1/128/1), and the
    // node stays schedulable on its old row.
    const scenario = withNode();
    hold(scenario, 'i-1', { VCPU: 1 });
    const before = chargedOn(scenario.ledger);
    const providers = scenario.ledger.nodes.get('node-1')?.tree.providers;
    scenario.given(AGENT, {
      type: 'ReportInventory',
      node: 'node-1',
      incarnation: 1,
      sequence: 2,
      mode: 'unsupported',
      reason: 'not implemented',
    });
    expect(codeOf(scenario.ask(SCHEDULER, claim('i-2', { VCPU: 1 })))).toBe('INVENTORY_STALE');
    expect(chargedOn(scenario.ledger)).toEqual(before);
    expect(scenario.ledger.nodes.get('node-1')?.tree.providers).toBe(providers);
    scenario.given(AGENT, report(TREE, 3));
    expect(codeOf(scenario.ask(SCHEDULER, claim('i-2', { VCPU: 1 })))).toBe('accepted');
  });

  it('D31: one corrupt guest neither stops an audit nor frees what the others run on', () => {
    // There: A and B both on CPU 0 end the audit with an exception after B; C is missing from memory, and the next
    // claim is given CPU 1, which C runs on.
    const scenario = withNode();
    for (const instance of ['a', 'b', 'c']) hold(scenario, instance, { SLOT: 1 });
    const slot = { provider: 'root', class: 'SLOT', amount: 1, units: ['1'] };
    const corrupt = { instance: 'c', charge: [{ ...slot, provider: 'nowhere', units: ['?', '?'] }] };
    const decision = see(scenario, [{ instance: 'a', charge: [slot] }, { instance: 'b', charge: [slot] }, corrupt]);
    expect(codeOf(decision)).toBe('accepted');
    expect(scenario.ledger.nodes.get('node-1')?.drifts?.map(({ kind, instance }) => `${kind} ${instance}`)).toEqual([
      'units-differ b',
      'amounts-differ c',
    ]);
    expect(['a', 'b', 'c'].map((id) => unitsOf(scenario, id))).toEqual([['1'], ['2'], ['10']]);
    expect(codeOf(scenario.ask(SCHEDULER, claim('d', { SLOT: 1 })))).toBe('NO_CAPACITY');
  });

  it('D32: an audit of one node touches nothing of another', () => {
    // There: an audit of n2 empties the tracked instances of n1, and a delete on n1 then frees nothing.
    const scenario = withNode();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
    scenario.given(AGENT, report([{ id: 'node-2', inventories: [{ class: 'VCPU', total: 8 }] }], 1, 1, 'node-2'));
    scenario.given(OPERATOR, { type: 'SetDriftPolicy', node: 'node-2', policy: 'heal-all' });
    hold(scenario, 'i-1', { VCPU: 1 });
    hold(scenario, 'i-2', { VCPU: 2 }, 'node-2');
    const before = scenario.ledger.nodes.get('node-1');
    see(scenario, [], scenario.events.length, 'node-2');
    scenario.pass(60_000);
    see(scenario, [], scenario.events.length, 'node-2');
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 1 });
    expect(scenario.ledger.nodes.get('node-1')).toBe(before);
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' });
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('D34: a claim that an audit cannot see yet stays charged', () => {
    // There: a claim that is not in the database when the audit reads it is lost by design.
    const scenario = withNode();
    scenario.given(OPERATOR, { type: 'SetDriftPolicy', node: 'node-1', policy: 'heal-all', mayFree: 99 });
    const takenAt = scenario.events.length;
    hold(scenario, 'i-1', { VCPU: 1 });
    scenario.given(AGENT, claim('i-2', { VCPU: 2 }));
    for (let round = 0; round < 3; round += 1) {
      scenario.pass(100_000);
      expect(codeOf(see(scenario, [], takenAt))).toBe('unchanged');
    }
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 3 });
  });

  it('D6, D21: a heal that comes twice frees once, and no amount ever falls below zero', () => {
    // There: a second abort charges again, and a second drop subtracts again: -2/-256/-5.
    const scenario = withNode();
    scenario.given(OPERATOR, { type: 'SetDriftPolicy', node: 'node-1', policy: 'heal-safe' });
    hold(scenario, 'i-1', { VCPU: 1 });
    hold(scenario, 'i-2', { VCPU: 2 });
    scenario.given(OPERATOR, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' });
    const takenAt = scenario.events.length;
    expect(codeOf(see(scenario, [{ instance: 'i-2' }], takenAt))).toBe('accepted');
    expect(codeOf(see(scenario, [{ instance: 'i-2' }], takenAt))).toBe('unchanged');
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 2 });
  });

  it('D12: what is reported of a guest that moved counts where it runs now, and changes no usage', () => {
    // There: the destination does not track the instance until its next audit, and ignores what is reported of it.
    const scenario = withNode();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
    scenario.given(AGENT, report([{ id: 'node-2', inventories: [{ class: 'VCPU', total: 8 }] }], 1, 1, 'node-2'));
    hold(scenario, 'i-1', { VCPU: 1 });
    const moving = { instance: 'i-1', source: 'node-1', claimId: 'claim-i-1', destination: 'node-2' } as const;
    scenario.given(AGENT, { type: 'ClaimMove', kind: 'live', ...moving }, 'move-1');
    for (const to of ['prepared', 'running', 'switched', 'completed'] as const) {
      scenario.given(AGENT, { type: 'AdvanceMove', instance: 'i-1', moveId: 'move-1', to });
    }
    const before = chargedOn(scenario.ledger);
    const state: Ask = {
      type: 'ReportInstanceState',
      node: 'node-2',
      instance: 'i-1',
      claimId: 'move-1',
      state: { vm: 'deleted' },
    };
    expect(codeOf(scenario.ask(AGENT, state))).toBe('accepted');
    expect(codeOf(scenario.ask(AGENT, state))).toBe('unchanged');
    expect(countersOf(scenario.ledger, 'node-1').instances).toBe(0);
    expect(countersOf(scenario.ledger, 'node-2')).toMatchObject({ instances: 1, byVm: { deleted: 1 } });
    expect(chargedOn(scenario.ledger)).toEqual(before);
  });
});
