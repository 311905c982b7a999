import { describe, expect, it } from 'vitest';
import { canonicalRecords } from '../canonical.ts';
import { AGENT, chargedOn, codeOf, OPERATOR, OTHER_AGENT, OTHER_SCHEDULER, SCHEDULER } from '../testing/scenario.ts';
import { advanceTo, claimMoveOf, DESTINATION, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';

const NAMED = { node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
const AT_SOURCE = 'node-1 node-1-root VCPU';
const AT_DESTINATION = 'node-2 node-2-root VCPU';

const holding = () => {
  const scenario = withTwoNodes();
  hold(scenario, 'i-1', { VCPU: 2 });
  return scenario;
};

describe('DropInstance', () => {
  it('from anyone but the agent of the node is an intent: charged in full until that agent drops it', () => {
    const scenario = holding();
    const drop = { type: 'DropInstance', ...NAMED } as const;
    expect(codeOf(scenario.ask(OTHER_SCHEDULER, drop))).toBe('NOT_AUTHORISED');
    expect(scenario.ask(SCHEDULER, drop)).toEqual({
      kind: 'accepted',
      events: [{ type: 'DropRequested', schemaVersion: 1, data: {} }],
    });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
    expect([...canonicalRecords(scenario.ledger)]).toContain('["release","i-1",9,"scheduler","scheduler-1","ended"]');
    const releasing = { kind: 'unchanged', result: { state: 'releasing', becomes: 'ended' } };
    expect(scenario.ask(OPERATOR, drop)).toMatchObject(releasing);
    for (const actor of [OPERATOR, AGENT]) {
      expect(scenario.ask(actor, { ...drop, type: 'ShelveOffload' })).toMatchObject(releasing);
    }
    scenario.given(AGENT, drop);
    expect(chargedOn(scenario.ledger)).toEqual({});
    expect(scenario.ledger.instances.get('i-1')?.status).toBe('ended');
  });

  it('of an incarnation that is over is refused, whoever names it', () => {
    const scenario = holding();
    const drop = { type: 'DropInstance', ...NAMED, incarnation: 7 } as const;
    for (const actor of [AGENT, SCHEDULER, OPERATOR]) {
      expect(scenario.ask(actor, drop)).toMatchObject({
        rejection: { code: 'STALE_INCARNATION', details: { incarnation: 7, currentIncarnation: 1 } },
      });
      for (const other of [{ claimId: 'another' }, { instance: 'i-9' }]) {
        expect(codeOf(scenario.ask(actor, { ...drop, ...other }))).toBe('STALE_INCARNATION');
      }
    }
  });

  it('frees at once on a node that is fenced, and what waits there when it gets fenced', () => {
    for (const isFencedFirst of [true, false]) {
      const scenario = holding();
      const fence = { type: 'MarkNodeDown', node: SOURCE, reason: 'off', fenced: true } as const;
      if (isFencedFirst) scenario.given(OPERATOR, fence);
      scenario.given(SCHEDULER, { type: 'DropInstance', ...NAMED });
      if (!isFencedFirst) scenario.given(OPERATOR, fence);
      expect(chargedOn(scenario.ledger)).toEqual({});
      expect(scenario.ledger.instances.get('i-1')?.status).toBe('ended');
    }
  });

  it('frees a claim that was never confirmed, whoever may ask', () => {
    const scenario = withTwoNodes();
    const claim = {
      type: 'ClaimInstance',
      node: SOURCE,
      instance: 'i-1',
      request: { resources: { VCPU: 1 } },
    } as const;
    scenario.given(SCHEDULER, claim, 'claim-i-1');
    scenario.given(SCHEDULER, { type: 'DropInstance', ...NAMED });
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('closes the open move and puts both sides under the rule in one decision', () => {
    const scenario = holding();
    claimMoveOf(scenario, 'live');
    advanceTo(scenario, 'live', 'running');
    expect(scenario.ask(AGENT, { type: 'DropInstance', ...NAMED })).toMatchObject({
      events: [{ type: 'InstanceDropped', data: { move: { moveId: 'move-1', other: 'releasing' } } }],
    });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
    expect(scenario.ledger.moves.get('move-1')).toMatchObject({ state: 'dropped', other: { state: 'releasing' } });
    const dropSide = { type: 'DropMoveClaim', instance: 'i-1', moveId: 'move-1', side: 'destination' } as const;
    scenario.given(OTHER_AGENT, { ...dropSide, state: 'dropped' });
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('asked for during a move leaves both sides charged until each agent has dropped its own', () => {
    const scenario = holding();
    claimMoveOf(scenario, 'live');
    advanceTo(scenario, 'live', 'switched');
    const drop = { type: 'DropInstance', ...NAMED, node: DESTINATION } as const;
    scenario.given(SCHEDULER, drop);
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2, [AT_DESTINATION]: 3 });
    expect(codeOf(scenario.ask(AGENT, { type: 'ConfirmMove', instance: 'i-1', moveId: 'move-1' }))).toBe('MOVE_STATE');
    scenario.given(OTHER_AGENT, drop);
    const side = {
      type: 'DropMoveClaim',
      instance: 'i-1',
      moveId: 'move-1',
      side: 'source',
      state: 'dropped',
    } as const;
    scenario.given(AGENT, side);
    expect(chargedOn(scenario.ledger)).toEqual({});
  });
});

describe('ShelveOffload', () => {
  it('frees the charge and keeps the identity, which an unshelve charges again under a new claim', () => {
    const scenario = holding();
    claimMoveOf(scenario, 'unshelve');
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
    const again = { type: 'ClaimInstance', node: SOURCE, instance: 'i-1', request: {} } as const;
    expect(codeOf(scenario.ask(SCHEDULER, again))).toBe('INSTANCE_OFFLOADED');
    advanceTo(scenario, 'unshelve', 'completed');
    expect(scenario.ledger.instances.get('i-1')).toMatchObject({
      status: 'held',
      claim: { claimId: 'move-1', node: DESTINATION, status: 'confirmed', claimant: SCHEDULER },
    });
    expect(scenario.ledger.moves.get('move-1')).toMatchObject({ state: 'completed', other: undefined });
    expect(scenario.ledger.nodes.get(DESTINATION)?.claimCount).toBe(1);
  });

  it('asked for by others makes the instance shelved when its node is fenced', () => {
    const scenario = holding();
    scenario.given(SCHEDULER, { type: 'ShelveOffload', ...NAMED });
    scenario.given(OPERATOR, { type: 'MarkNodeDown', node: SOURCE, reason: 'off', fenced: true });
    expect([...canonicalRecords(scenario.ledger)]).toContain(
      '["offloaded","i-1","claim-i-1","node-1","",[],"scheduler","scheduler-1"]',
    );
    scenario.given(SCHEDULER, { type: 'DropInstance', ...NAMED });
    expect(scenario.ledger.instances.get('i-1')?.status).toBe('ended');
  });
});

describe('ForceDrop', () => {
  it('ends an instance and frees both sides of its move, by an operator only and on record', () => {
    const scenario = holding();
    claimMoveOf(scenario, 'live');
    advanceTo(scenario, 'live', 'switched');
    const force = { type: 'ForceDrop', ...NAMED, node: DESTINATION, reason: 'host is gone' } as const;
    expect(codeOf(scenario.ask(SCHEDULER, force))).toBe('NOT_AUTHORISED');
    expect(scenario.ask(OPERATOR, { ...force, claimId: 'claim-0' })).toMatchObject({
      rejection: { code: 'CLAIM_MISMATCH', details: { claim: { claimId: 'claim-i-1', node: DESTINATION } } },
    });
    expect(scenario.ask(OPERATOR, force)).toMatchObject({
      events: [{ type: 'InstanceForceDropped', data: { move: { moveId: 'move-1', other: 'released' } } }],
    });
    expect(chargedOn(scenario.ledger)).toEqual({});
  });
});
