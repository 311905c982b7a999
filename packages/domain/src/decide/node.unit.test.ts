import { describe, expect, it } from 'vitest';
import { isSuspect } from '../suspect.ts';
import {
  AGENT,
  chargedOn,
  codeOf,
  OPERATOR,
  OTHER_AGENT,
  report,
  SCHEDULER,
  startScenario,
  TREE,
  withNode,
} from '../testing/scenario.ts';
import { advanceTo, claimMoveOf, hold, withTwoNodes } from '../testing/two-nodes.ts';

describe('RegisterNode', () => {
  it('makes an unknown node enabled, in incarnation 1, with unknown inventory', () => {
    const scenario = startScenario();
    const register = { type: 'RegisterNode', node: 'node-1', bootId: 'boot-1' } as const;
    expect(scenario.ask(AGENT, register)).toEqual({
      kind: 'accepted',
      events: [{ type: 'NodeRegistered', schemaVersion: 1, data: { incarnation: 1 } }],
    });
    expect(scenario.ledger.nodes.get('node-1')).toMatchObject({
      owner: 'agent-1',
      status: { kind: 'enabled' },
      inventoryStatus: { kind: 'unknown' },
      incarnation: 1,
    });
    expect(scenario.ask(AGENT, register)).toEqual({
      kind: 'unchanged',
      result: { type: 'RegisterNode', node: 'node-1', incarnation: 1 },
    });
  });

  it('counts a new boot id as a new incarnation and keeps inventory and charges', () => {
    const scenario = withNode();
    scenario.given(AGENT, {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-1',
      request: { resources: { VCPU: 2 } },
    });
    const before = scenario.ledger.nodes.get('node-1');
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-2' });
    const after = scenario.ledger.nodes.get('node-1');
    expect(after?.incarnation).toBe(2);
    expect(after?.tree.providers).toBe(before?.tree.providers);
    expect(after?.claimCount).toBe(1);
    expect(codeOf(scenario.ask(AGENT, report(TREE, 9, 1)))).toBe('STALE_INCARNATION');
    expect(codeOf(scenario.ask(AGENT, report(TREE.slice(0, 2), 1, 2)))).toBe('accepted');
  });

  it('refuses a boot id seen before', () => {
    const scenario = withNode();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-2' });
    const decision = scenario.ask(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-1' });
    expect(decision).toEqual({
      kind: 'rejected',
      rejection: {
        code: 'STALE_INCARNATION',
        details: { judgedAt: 5, node: 'node-1', bootId: 'boot-1', currentBootId: 'boot-2', incarnation: 2 },
      },
    });
  });

  it('refuses the node of another agent, also when it is retired', () => {
    const scenario = withNode();
    const register = { type: 'RegisterNode', node: 'node-1', bootId: 'boot-9' } as const;
    expect(codeOf(scenario.ask(OTHER_AGENT, register))).toBe('NODE_OWNED_BY');
    scenario.given(OPERATOR, { type: 'RetireNode', node: 'node-1' });
    expect(codeOf(scenario.ask(OTHER_AGENT, register))).toBe('NODE_OWNED_BY');
    expect(codeOf(scenario.ask(AGENT, register))).toBe('NODE_RETIRED');
  });
});

describe('the operator of a node', () => {
  it('disables with a reason, changes the reason, and enables', () => {
    const scenario = withNode();
    const disable = { type: 'DisableNode', node: 'node-1', reason: 'disk swap' } as const;
    expect(codeOf(scenario.ask(OPERATOR, { type: 'EnableNode', node: 'node-1' }))).toBe('unchanged');
    expect(scenario.ask(OPERATOR, disable)).toEqual({
      kind: 'accepted',
      events: [{ type: 'NodeDisabled', schemaVersion: 1, data: {} }],
    });
    expect(codeOf(scenario.ask(OPERATOR, disable))).toBe('unchanged');
    expect(codeOf(scenario.ask(OPERATOR, { ...disable, reason: 'fan' }))).toBe('accepted');
    expect(scenario.ledger.nodes.get('node-1')?.status).toEqual({ kind: 'disabled', reason: 'fan' });
    expect(codeOf(scenario.ask(OPERATOR, { type: 'EnableNode', node: 'node-1' }))).toBe('accepted');
    expect(scenario.ledger.nodes.get('node-1')?.status).toEqual({ kind: 'enabled' });
  });

  it('retires an empty node for good', () => {
    const scenario = withNode();
    expect(codeOf(scenario.ask(OPERATOR, { type: 'RetireNode', node: 'node-1' }))).toBe('accepted');
    expect(codeOf(scenario.ask(OPERATOR, { type: 'RetireNode', node: 'node-1' }))).toBe('unchanged');
    expect(codeOf(scenario.ask(OPERATOR, { type: 'EnableNode', node: 'node-1' }))).toBe('NODE_RETIRED');
    expect(codeOf(scenario.ask(AGENT, report(TREE, 2)))).toBe('NODE_RETIRED');
  });

  it('cannot retire a node that an evacuation left something on', () => {
    const scenario = withNode();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
    scenario.given(AGENT, report([{ id: 'node-2', inventories: [{ class: 'VCPU', total: 8 }] }], 1, 1, 'node-2'));
    const claim = { type: 'ClaimInstance', node: 'node-1', instance: 'i-1' } as const;
    scenario.given(AGENT, { ...claim, request: { resources: { VCPU: 1 } } }, 'claim-1');
    scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance: 'i-1', claimId: 'claim-1' });
    const down = { type: 'MarkNodeDown', node: 'node-1', reason: 'power' } as const;
    scenario.given(OPERATOR, { ...down, fenced: false });
    const moving = { instance: 'i-1', source: 'node-1', claimId: 'claim-1', destination: 'node-2' } as const;
    scenario.given(AGENT, { type: 'ClaimMove', kind: 'evacuation', ...moving }, 'move-1');
    for (const to of ['running', 'switched', 'completed'] as const) {
      scenario.given(AGENT, { type: 'AdvanceMove', instance: 'i-1', moveId: 'move-1', to });
    }
    expect(scenario.ask(OPERATOR, { type: 'RetireNode', node: 'node-1' })).toMatchObject({
      rejection: { code: 'NODE_NOT_EMPTY', details: { holders: [{ instance: 'i-1', moveId: 'move-1' }] } },
    });
    scenario.given(OPERATOR, { ...down, fenced: true });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-2 node-2 VCPU': 1 });
    expect(codeOf(scenario.ask(OPERATOR, { type: 'RetireNode', node: 'node-1' }))).toBe('accepted');
  });

  it('is told who holds a node that is not empty: the first 20 and how many more', () => {
    const scenario = withNode([{ id: 'root', inventories: [{ class: 'VCPU', total: 100 }] }]);
    for (let index = 0; index < 25; index += 1) {
      scenario.given(AGENT, {
        type: 'ClaimInstance',
        node: 'node-1',
        instance: `i-${index}`,
        request: { resources: { VCPU: 1 } },
      });
    }
    const decision = scenario.ask(OPERATOR, { type: 'RetireNode', node: 'node-1' });
    if (decision.kind !== 'rejected') throw new Error(decision.kind);
    expect(decision.rejection.code).toBe('NODE_NOT_EMPTY');
    expect(decision.rejection.details).toMatchObject({ judgedAt: 29, node: 'node-1', count: 25, more: 5 });
    expect(decision.rejection.details['holders']).toHaveLength(20);
  });

  it('gets no more than 2 KiB of holders, however long their names', () => {
    const scenario = withNode();
    for (let index = 0; index < 8; index += 1) {
      const claim = { type: 'ClaimInstance', node: 'node-1', request: { resources: { VCPU: 1 } } } as const;
      scenario.given(AGENT, { ...claim, instance: `${index}${'x'.repeat(252)}` }, `${index}${'y'.repeat(252)}`);
    }
    const decision = scenario.ask(OPERATOR, { type: 'RetireNode', node: 'node-1' });
    if (decision.kind !== 'rejected') throw new Error(decision.kind);
    expect(JSON.stringify(decision.rejection.details).length).toBeLessThanOrEqual(2_048);
    expect(decision.rejection.details).toMatchObject({ count: 8, more: 5 });
  });
});

describe('authorisation', () => {
  it('comes before everything a role may not know', () => {
    const scenario = startScenario();
    expect(codeOf(scenario.ask(SCHEDULER, { type: 'RetireNode', node: 'nowhere' }))).toBe('NOT_AUTHORISED');
    expect(codeOf(scenario.ask(AGENT, { type: 'EnableNode', node: 'nowhere' }))).toBe('NOT_AUTHORISED');
    expect(codeOf(scenario.ask(OPERATOR, { type: 'RegisterNode', node: 'n', bootId: 'b' }))).toBe('NOT_AUTHORISED');
  });

  it('keeps an agent to its own nodes', () => {
    const scenario = withNode();
    expect(codeOf(scenario.ask(OTHER_AGENT, report(TREE, 2)))).toBe('NOT_AUTHORISED');
    const claim = {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-1',
      request: { resources: { VCPU: 1 } },
    } as const;
    expect(codeOf(scenario.ask(OTHER_AGENT, claim))).toBe('NOT_AUTHORISED');
    expect(codeOf(scenario.ask(OTHER_AGENT, { ...claim, node: 'nowhere' }))).toBe('NODE_NOT_FOUND');
  });
});

describe('MarkNodeDown', () => {
  const down = { type: 'MarkNodeDown', node: 'node-1', reason: 'no answer', fenced: false } as const;
  const claim = {
    type: 'ClaimInstance',
    node: 'node-1',
    instance: 'i-1',
    request: { resources: { VCPU: 1 } },
  } as const;

  it('keeps what the node holds and takes nothing more', () => {
    const scenario = withNode();
    scenario.given(AGENT, claim, 'claim-1');
    expect(scenario.ask(OPERATOR, down)).toEqual({
      kind: 'accepted',
      events: [{ type: 'NodeMarkedDown', schemaVersion: 1, data: {} }],
    });
    expect(codeOf(scenario.ask(OPERATOR, down))).toBe('unchanged');
    expect(scenario.ledger.nodes.get('node-1')).toMatchObject({
      status: { kind: 'down', reason: 'no answer', fenced: false },
      claimCount: 1,
    });
    expect(codeOf(scenario.ask(SCHEDULER, { ...claim, instance: 'i-2' }))).toBe('NODE_DOWN');
    expect(codeOf(scenario.ask(OPERATOR, { ...down, fenced: true }))).toBe('accepted');
  });

  it('with fenced frees what waits for its release there, and nothing else', () => {
    const scenario = withNode();
    for (const index of [1, 2]) {
      const instance = `i-${index}`;
      const claimId = scenario.given(AGENT, { ...claim, instance }, `claim-${index}`);
      scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance, claimId });
    }
    scenario.given(OPERATOR, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-1' });
    scenario.given(OPERATOR, down);
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 2 });
    scenario.given(OPERATOR, { ...down, fenced: true });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 1 });
    expect(scenario.ledger.instances.get('i-1')?.status).toBe('ended');
    expect(scenario.ledger.instances.get('i-2')?.status).toBe('held');
  });

  it('is over when the operator says so, not when the host returns; a host that returns is not fenced', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, { ...down, fenced: true });
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-2' });
    expect(scenario.ledger.nodes.get('node-1')).toMatchObject({
      status: { kind: 'down', fenced: false },
      incarnation: 2,
    });
    expect(codeOf(scenario.ask(SCHEDULER, claim))).toBe('NODE_DOWN');
    scenario.given(OPERATOR, { type: 'EnableNode', node: 'node-1' });
    expect(codeOf(scenario.ask(SCHEDULER, claim))).toBe('accepted');
  });

  it('makes the fenced host that speaks again with its old boot id another incarnation', () => {
    const scenario = withNode();
    const register = { type: 'RegisterNode', node: 'node-1', bootId: 'boot-1' } as const;
    scenario.given(OPERATOR, down);
    expect(codeOf(scenario.ask(AGENT, register))).toBe('unchanged');
    scenario.given(OPERATOR, { ...down, fenced: true });
    expect(codeOf(scenario.ask(AGENT, register))).toBe('accepted');
    expect(scenario.ledger.nodes.get('node-1')).toMatchObject({ incarnation: 2, bootIds: ['boot-1'] });
    expect(codeOf(scenario.ask(AGENT, report(TREE.slice(0, 2), 2, 1)))).toBe('STALE_INCARNATION');
  });
});

describe('a node changes its owner', () => {
  const register = { type: 'RegisterNode', node: 'node-1', bootId: 'boot-2' } as const;
  const transfer = { type: 'TransferNode', node: 'node-1', owner: 'agent-2' } as const;

  it('when it was transferred and the other agent registers it', () => {
    const scenario = withNode();
    expect(codeOf(scenario.ask(OTHER_AGENT, register))).toBe('NODE_OWNED_BY');
    expect(codeOf(scenario.ask(OPERATOR, { ...transfer, owner: 'agent-1' }))).toBe('unchanged');
    scenario.given(OPERATOR, transfer);
    expect(codeOf(scenario.ask(OPERATOR, transfer))).toBe('unchanged');
    expect(scenario.ledger.nodes.get('node-1')?.owner).toBe('agent-1');
    expect(codeOf(scenario.ask(AGENT, report(TREE.slice(0, 2), 2)))).toBe('accepted');
    scenario.given(OTHER_AGENT, register);
    expect(scenario.ledger.nodes.get('node-1')).toMatchObject({ owner: 'agent-2', incarnation: 2 });
    expect(scenario.ledger.nodes.get('node-1')).not.toHaveProperty('transferTo');
    expect(codeOf(scenario.ask(AGENT, report(TREE, 1, 2)))).toBe('NOT_AUTHORISED');
    expect(codeOf(scenario.ask(AGENT, { ...register, bootId: 'boot-3' }))).toBe('NODE_OWNED_BY');
  });

  it('on the same boot in a new incarnation, so that the agent before can say nothing more', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, transfer);
    scenario.given(OTHER_AGENT, { ...register, bootId: 'boot-1' });
    expect(scenario.ledger.nodes.get('node-1')).toMatchObject({ incarnation: 2, bootIds: ['boot-1'] });
  });

  it('whose word then frees what an evacuation left behind there, also on the same boot', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 2 });
    claimMoveOf(scenario, 'evacuation');
    advanceTo(scenario, 'evacuation', 'completed');
    const drop = {
      type: 'DropMoveClaim',
      instance: 'i-1',
      moveId: 'move-1',
      side: 'source',
      state: 'completed',
    } as const;
    scenario.given(OPERATOR, transfer);
    expect(chargedOn(scenario.ledger)).toMatchObject({ 'node-1 node-1-root VCPU': 2 });
    scenario.given(OTHER_AGENT, { ...register, bootId: 'boot-1' });
    scenario.given(OTHER_AGENT, drop);
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-2 node-2-root VCPU': 3 });
  });

  it('not when the transfer was taken back', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, transfer);
    scenario.given(OPERATOR, { ...transfer, owner: 'agent-1' });
    expect(codeOf(scenario.ask(OTHER_AGENT, register))).toBe('NODE_OWNED_BY');
  });

  it('when its host is down and fenced; whoever had it before is told who took it', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, { type: 'MarkNodeDown', node: 'node-1', reason: 'moved', fenced: true });
    scenario.given(OTHER_AGENT, register);
    expect(scenario.ledger.nodes.get('node-1')).toMatchObject({ owner: 'agent-2', status: { kind: 'down' } });
    const again = { ...register, bootId: 'boot-1' };
    expect(scenario.ask(AGENT, again)).toMatchObject({
      rejection: { code: 'NODE_OWNED_BY', details: { owner: 'agent-2' } },
    });
    scenario.given(OPERATOR, { type: 'MarkNodeDown', node: 'node-1', reason: 'moved', fenced: true });
    expect(scenario.ask(AGENT, again)).toMatchObject({
      rejection: { code: 'NODE_OWNED_BY', details: { owner: 'agent-2', legal: [] } },
    });
    expect(codeOf(scenario.ask(AGENT, { ...register, bootId: 'boot-3' }))).toBe('accepted');
  });

  it('not while its host may still run, down or not; the refusal names the legal ways', () => {
    const scenario = withNode();
    const refusal = {
      code: 'NODE_OWNED_BY',
      details: { node: 'node-1', owner: 'agent-1', legal: ['TransferNode', 'MarkNodeDown with fenced'] },
    };
    expect(scenario.ask(OTHER_AGENT, register)).toMatchObject({ rejection: refusal });
    scenario.given(OPERATOR, { type: 'MarkNodeDown', node: 'node-1', reason: 'silent', fenced: false });
    expect(scenario.ask(OTHER_AGENT, register)).toMatchObject({ rejection: refusal });
    expect(scenario.ledger.nodes.get('node-1')).toMatchObject({ owner: 'agent-1', incarnation: 1 });
    scenario.given(OPERATOR, { type: 'RetireNode', node: 'node-1' });
    expect(scenario.ask(OTHER_AGENT, register)).toMatchObject({ rejection: { details: { legal: [] } } });
  });
});

describe('ReportBuildResult', () => {
  const built = { type: 'ReportBuildResult', node: 'node-1', instance: 'i-1' } as const;

  it('makes a node suspect after ten failures in a row, until a success', () => {
    const scenario = withNode();
    const isSuspectNow = (): boolean => isSuspect(scenario.ledger.nodes.get('node-1') ?? {});
    expect(codeOf(scenario.ask(AGENT, { ...built, result: 'succeeded' }))).toBe('unchanged');
    for (let failed = 1; failed <= 10; failed += 1) {
      expect(isSuspectNow()).toBe(false);
      expect(codeOf(scenario.ask(AGENT, { ...built, result: 'refused' }))).toBe('unchanged');
      expect(scenario.ask(AGENT, { ...built, result: 'failed' })).toEqual({
        kind: 'accepted',
        events: [{ type: 'BuildRecorded', schemaVersion: 1, data: { failedBuilds: failed } }],
      });
    }
    expect(isSuspectNow()).toBe(true);
    scenario.given(AGENT, { ...built, result: 'succeeded' });
    expect(isSuspectNow()).toBe(false);
    expect(scenario.ledger.nodes.get('node-1')).not.toHaveProperty('failedBuilds');
  });
});
