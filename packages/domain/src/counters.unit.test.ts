import { describe, expect, it } from 'vitest';
import type { InstanceState } from './command.ts';
import { countersOf } from './counters.ts';
import { planDrain } from './drain-plan.ts';
import { AGENT, type Ask, chargedOn, codeOf, OPERATOR, report, type Scenario, withNode } from './testing/scenario.ts';

const held = (scenario: Scenario, instance: string, fields: Partial<Extract<Ask, { type: 'ClaimInstance' }>> = {}) => {
  const claimId = `claim-${instance}`;
  const request = { resources: { VCPU: 2 } };
  const asked = fields.charge === undefined ? { request } : {};
  scenario.given(AGENT, { type: 'ClaimInstance', node: 'node-1', instance, ...asked, ...fields }, claimId);
  scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance, claimId });
};

const state = (instance: string, reported: InstanceState, claimId = `claim-${instance}`): Ask => ({
  type: 'ReportInstanceState',
  node: 'node-1',
  instance,
  claimId,
  state: reported,
});

const addHost = (scenario: Scenario, node: string, total: number) => {
  scenario.given(AGENT, { type: 'RegisterNode', node, bootId: 'boot-1' });
  scenario.given(AGENT, report([{ id: node, inventories: [{ class: 'VCPU', total }] }], 1, 1, node));
};

describe('the counters of a node', () => {
  it('follow the states that its agent reports', () => {
    const scenario = withNode();
    held(scenario, 'i-1', { tenant: 'acme' });
    held(scenario, 'i-2', { tenant: 'acme' });
    held(scenario, 'i-3');
    scenario.given(AGENT, state('i-1', { vm: 'building', task: 'resize_migrating', osType: 'linux' }));
    scenario.given(AGENT, state('i-2', { vm: 'active' }));
    expect(codeOf(scenario.ask(AGENT, state('i-2', { vm: 'active' })))).toBe('unchanged');
    expect(countersOf(scenario.ledger, 'node-1')).toEqual({
      instances: 3,
      byVm: { building: 1, active: 1 },
      byTask: { resize_migrating: 1, None: 1 },
      byOsType: { linux: 1 },
      byTenant: { acme: 2 },
      workload: 1,
      ioWorkload: 2,
      failedBuilds: 0,
    });
  });

  it('release nothing, whatever is reported', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    const before = chargedOn(scenario.ledger);
    scenario.given(AGENT, state('i-1', { vm: 'deleted' }));
    expect(chargedOn(scenario.ledger)).toEqual(before);
  });

  it('take a state only for the live claim', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    expect(codeOf(scenario.ask(AGENT, state('i-1', { vm: 'active' }, 'claim-9')))).toBe('CLAIM_MISMATCH');
    expect(codeOf(scenario.ask(AGENT, state('i-9', { vm: 'active' })))).toBe('CLAIM_NOT_FOUND');
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' });
    expect(codeOf(scenario.ask(AGENT, state('i-1', { vm: 'active' })))).toBe('INSTANCE_ENDED');
  });
});

describe('the plan to drain a node', () => {
  it('names one step per holder and leaves the ledger as it is', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    held(scenario, 'i-2');
    held(scenario, 'i-3', { charge: [{ provider: 'gpu-0', class: 'GPU_MILLI', amount: 500 }] });
    const claim = { type: 'ClaimInstance', node: 'node-1', request: { resources: { VCPU: 1 } } } as const;
    scenario.given(AGENT, { ...claim, instance: 'i-4' }, 'claim-i-4');
    held(scenario, 'i-5', { request: { resources: { VCPU: 1 } } });
    scenario.given(OPERATOR, { type: 'DropInstance', node: 'node-1', instance: 'i-5', claimId: 'claim-i-5' });
    for (const [node, total] of [
      ['node-2', 3],
      ['node-3', 99],
    ] as const) {
      addHost(scenario, node, total);
    }
    scenario.given(OPERATOR, { type: 'DisableNode', node: 'node-3', reason: 'full' });
    const before = chargedOn(scenario.ledger);
    expect(planDrain(scenario.ledger, 'node-1')).toEqual([
      {
        kind: 'move',
        instance: 'i-1',
        claimId: 'claim-i-1',
        destination: 'node-2',
        charge: [{ provider: 'node-2', class: 'VCPU', amount: 2 }],
      },
      { kind: 'no-destination', instance: 'i-2', claimId: 'claim-i-2' },
      { kind: 'outright', instance: 'i-3', claimId: 'claim-i-3' },
      { kind: 'unconfirmed', instance: 'i-4', claimId: 'claim-i-4' },
      { kind: 'releasing', instance: 'i-5', claimId: 'claim-i-5', becomes: 'ended' },
    ]);
    expect(chargedOn(scenario.ledger)).toEqual(before);
    expect(planDrain(scenario.ledger, 'node-2')).toEqual([]);
  });

  it('prefers nodes whose builds do not keep failing', () => {
    const scenario = withNode();
    held(scenario, 'i-1');
    for (const node of ['node-2', 'node-3']) {
      addHost(scenario, node, 9);
    }
    for (let build = 0; build < 10; build += 1) {
      scenario.given(AGENT, { type: 'ReportBuildResult', node: 'node-2', instance: 'i-9', result: 'failed' });
    }
    expect(planDrain(scenario.ledger, 'node-1')).toMatchObject([{ kind: 'move', destination: 'node-3' }]);
  });

  it('finds a way for all where one that left first would take the room of another', () => {
    const scenario = withNode();
    const cpu = (amount: number) => ({ request: { resources: { VCPU: amount } } });
    held(scenario, 'i-1', cpu(3));
    held(scenario, 'i-2', cpu(4));
    held(scenario, 'i-3', { request: { resources: { GPU_MILLI: 500 } } });
    for (const [node, total] of [
      ['node-2', 4],
      ['node-3', 3],
    ] as const) {
      addHost(scenario, node, total);
    }
    expect(planDrain(scenario.ledger, 'node-1')).toMatchObject([
      { kind: 'move', instance: 'i-2', destination: 'node-2' },
      { kind: 'move', instance: 'i-1', destination: 'node-3' },
      { kind: 'no-destination', instance: 'i-3' },
    ]);
  });
});
