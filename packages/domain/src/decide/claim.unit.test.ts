import { describe, expect, it } from 'vitest';
import type { Actor } from '../actor.ts';
import { canonicalRecords } from '../canonical.ts';
import {
  AGENT,
  chargedOn,
  codeOf,
  OPERATOR,
  OTHER_SCHEDULER,
  SCHEDULER,
  type Scenario,
  startScenario,
  withNode,
} from '../testing/scenario.ts';

const CLAIM = {
  type: 'ClaimInstance',
  node: 'node-1',
  instance: 'i-1',
  tenant: 'acme',
  labels: { app: 'web', tier: 'front' },
  request: { resources: { VCPU: 2, MEMORY_MB: 256 } },
} as const;

const CHARGE = [
  { provider: 'root', class: 'MEMORY_MB', amount: 256 },
  { provider: 'root', class: 'VCPU', amount: 2 },
];

const texts = (scenario: Scenario): readonly string[] => [...canonicalRecords(scenario.ledger)].sort();

const about =
  (scenario: Scenario, type: 'ConfirmClaim' | 'AbortClaim' | 'DropInstance', claimId: string) => (actor: Actor) =>
    scenario.ask(actor, { type, node: 'node-1', instance: 'i-1', claimId });

describe('ClaimInstance', () => {
  it('charges the node and answers an equal claim with the live one', () => {
    const scenario = withNode();
    expect(scenario.ask(SCHEDULER, CLAIM, 'claim-1')).toEqual({
      kind: 'accepted',
      events: [{ type: 'InstanceClaimed', schemaVersion: 1, data: { node: 'node-1', charge: CHARGE } }],
    });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 root VCPU': 2, 'node-1 root MEMORY_MB': 256 });
    const reordered = { ...CLAIM, labels: { tier: 'front', app: 'web' } };
    for (const actor of [SCHEDULER, OTHER_SCHEDULER, AGENT]) {
      expect(scenario.ask(actor, reordered)).toEqual({
        kind: 'unchanged',
        result: { type: 'ClaimInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-1', charge: CHARGE },
      });
    }
  });

  it('answers an equal claim with the live one also where nothing new is claimed any more', () => {
    const scenario = withNode();
    scenario.given(SCHEDULER, CLAIM, 'claim-1');
    scenario.given(OPERATOR, { type: 'DisableNode', node: 'node-1', reason: 'service' });
    expect(scenario.ask(SCHEDULER, CLAIM)).toMatchObject({ kind: 'unchanged', result: { claimId: 'claim-1' } });
    expect(codeOf(scenario.ask(SCHEDULER, { ...CLAIM, tenant: 'other' }))).toBe('NODE_DISABLED');
  });

  it('refuses an instance that another claim holds, and names that claim', () => {
    const scenario = withNode();
    scenario.given(SCHEDULER, CLAIM, 'claim-1');
    const decision = scenario.ask(SCHEDULER, { ...CLAIM, request: { resources: { VCPU: 3 } } });
    expect(decision).toEqual({
      kind: 'rejected',
      rejection: {
        code: 'INSTANCE_ALREADY_HELD',
        details: {
          judgedAt: 5,
          instance: 'i-1',
          claim: { claimId: 'claim-1', node: 'node-1', status: 'unconfirmed' },
        },
      },
    });
    expect(codeOf(scenario.ask(SCHEDULER, { ...CLAIM, tenant: 'other' }))).toBe('INSTANCE_ALREADY_HELD');
  });

  it('names the first broken rule in the order of precedence', () => {
    const scenario = startScenario();
    expect(codeOf(scenario.ask(SCHEDULER, CLAIM))).toBe('NODE_NOT_FOUND');
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-1' });
    expect(codeOf(scenario.ask(SCHEDULER, CLAIM))).toBe('INVENTORY_UNKNOWN');
    scenario.given(OPERATOR, { type: 'DisableNode', node: 'node-1', reason: 'new' });
    expect(scenario.ask(SCHEDULER, CLAIM)).toMatchObject({
      rejection: { code: 'NODE_DISABLED', details: { node: 'node-1', reason: 'new' } },
    });
    scenario.given(OPERATOR, { type: 'RetireNode', node: 'node-1' });
    expect(codeOf(scenario.ask(SCHEDULER, CLAIM))).toBe('NODE_RETIRED');
  });

  it('says too complex, with the limit of the cell, when the search needs more steps than that', () => {
    const devices = Array.from({ length: 6 }, (_, index) => ({
      id: `gpu-${index}`,
      parent: 'root',
      inventories: [{ class: 'GPU', total: 1_100 }],
    }));
    const scenario = withNode([{ id: 'root', inventories: [] }, ...devices]);
    const groups = Array.from({ length: 18 }, (_, index) => ({
      name: `g${index}`,
      resources: { GPU: 260 + index * 11 },
    }));
    const { cell } = scenario.ledger;
    if (cell === undefined) throw new Error('no cell');
    scenario.ledger.cell = { ...cell, policies: { ...cell.policies, fitWorkLimit: 30 } };
    const decision = scenario.ask(SCHEDULER, {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-1',
      request: { groups },
    });
    expect(decision).toEqual({
      kind: 'rejected',
      rejection: { code: 'REQUEST_TOO_COMPLEX', details: { judgedAt: 4, node: 'node-1', workLimit: 30 } },
    });
  });

  it('keeps the details of a refusal within 2 KiB and says how many rules it left out', () => {
    const scenario = withNode();
    const groups = Array.from({ length: 60 }, (_, index) => ({ name: `group-${index}`, resources: { FPGA: 1 } }));
    const decision = scenario.ask(SCHEDULER, {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-1',
      request: { groups },
    });
    if (decision.kind !== 'rejected') throw new Error(decision.kind);
    const { rules, more, ...rest } = decision.rejection.details;
    expect(rest).toEqual({ judgedAt: 4, node: 'node-1' });
    expect(JSON.stringify(decision.rejection.details).length).toBeLessThanOrEqual(2_048);
    expect(Array.isArray(rules) && rules.length + Number(more)).toBe(60);
  });

  it('never reuses the id of an ended instance', () => {
    const scenario = withNode();
    scenario.given(AGENT, CLAIM, 'claim-1');
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-1' });
    expect(codeOf(scenario.ask(AGENT, CLAIM))).toBe('INSTANCE_ENDED');
  });
});

describe('the life of a claim', () => {
  it('goes from unconfirmed to confirmed to ended', () => {
    const scenario = withNode();
    scenario.given(SCHEDULER, CLAIM, 'claim-1');
    const confirm = about(scenario, 'ConfirmClaim', 'claim-1');
    expect(confirm(AGENT)).toEqual({
      kind: 'accepted',
      events: [{ type: 'ClaimConfirmed', schemaVersion: 1, data: {} }],
    });
    expect(confirm(AGENT)).toEqual({
      kind: 'unchanged',
      result: { type: 'ConfirmClaim', node: 'node-1', instance: 'i-1', claimId: 'claim-1' },
    });
    expect(codeOf(about(scenario, 'AbortClaim', 'claim-1')(SCHEDULER))).toBe('CLAIM_CONFIRMED');
    expect(codeOf(about(scenario, 'DropInstance', 'claim-1')(OTHER_SCHEDULER))).toBe('NOT_AUTHORISED');
    expect(about(scenario, 'DropInstance', 'claim-1')(AGENT)).toEqual({
      kind: 'accepted',
      events: [{ type: 'InstanceDropped', schemaVersion: 1, data: {} }],
    });
    expect(chargedOn(scenario.ledger)).toEqual({});
    expect(scenario.ledger.nodes.get('node-1')?.claimCount).toBe(0);
    expect(codeOf(confirm(AGENT))).toBe('INSTANCE_ENDED');
  });

  it('forgets an aborted instance, so that it can be claimed again', () => {
    const scenario = withNode();
    scenario.given(SCHEDULER, CLAIM, 'claim-1');
    expect(codeOf(about(scenario, 'AbortClaim', 'claim-1')(SCHEDULER))).toBe('accepted');
    expect(scenario.ledger.instances.size).toBe(0);
    expect(scenario.ledger.heldBy.get('node-1').size).toBe(0);
    expect(codeOf(scenario.ask(SCHEDULER, CLAIM, 'claim-2'))).toBe('accepted');
    expect(about(scenario, 'ConfirmClaim', 'claim-1')(SCHEDULER)).toMatchObject({
      rejection: { code: 'CLAIM_MISMATCH', details: { claim: { claimId: 'claim-2' } } },
    });
  });

  it('is confirmed and aborted by its claimant or the agent of its node only', () => {
    const scenario = withNode();
    scenario.given(SCHEDULER, CLAIM, 'claim-1');
    for (const type of ['ConfirmClaim', 'AbortClaim'] as const) {
      expect(codeOf(about(scenario, type, 'claim-1')(OTHER_SCHEDULER))).toBe('NOT_AUTHORISED');
      expect(codeOf(about(scenario, type, 'claim-1')(OPERATOR))).toBe('NOT_AUTHORISED');
    }
  });

  it('is released on a disabled node too', () => {
    const scenario = withNode();
    scenario.given(AGENT, CLAIM, 'claim-1');
    scenario.given(OPERATOR, { type: 'DisableNode', node: 'node-1', reason: 'fan' });
    expect(codeOf(about(scenario, 'DropInstance', 'claim-1')(AGENT))).toBe('accepted');
  });

  it('is not touched by a command that names another node', () => {
    const scenario = withNode();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
    scenario.given(AGENT, CLAIM, 'claim-1');
    const drop = { type: 'DropInstance', node: 'node-2', instance: 'i-1', claimId: 'claim-1' } as const;
    expect(codeOf(scenario.ask(AGENT, drop))).toBe('CLAIM_MISMATCH');
  });
});

describe('defects of the reference tracker that cannot happen here', () => {
  it('D1: a second claim of one instance takes no second set of units', () => {
    const scenario = withNode();
    const claim = { ...CLAIM, request: { resources: { SLOT: 2 } } };
    scenario.given(AGENT, claim, 'claim-1');
    const before = texts(scenario);
    expect(codeOf(scenario.ask(AGENT, claim))).toBe('unchanged');
    expect(codeOf(scenario.ask(AGENT, { ...claim, request: { resources: { SLOT: 1 } } }))).toBe(
      'INSTANCE_ALREADY_HELD',
    );
    expect(texts(scenario)).toEqual(before);
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-1' });
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('D6: a second abort charges nothing', () => {
    const scenario = withNode();
    scenario.given(AGENT, CLAIM, 'claim-1');
    const abort = about(scenario, 'AbortClaim', 'claim-1');
    expect(codeOf(abort(AGENT))).toBe('accepted');
    const before = texts(scenario);
    expect(codeOf(abort(AGENT))).toBe('CLAIM_NOT_FOUND');
    expect(texts(scenario)).toEqual(before);
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('D21: a drop without a claim, and a repeated drop, subtract nothing', () => {
    const scenario = withNode();
    const drop = about(scenario, 'DropInstance', 'claim-1');
    expect(codeOf(drop(AGENT))).toBe('CLAIM_NOT_FOUND');
    scenario.given(AGENT, CLAIM, 'claim-1');
    expect(codeOf(drop(AGENT))).toBe('accepted');
    const before = texts(scenario);
    expect(codeOf(drop(AGENT))).toBe('INSTANCE_ENDED');
    expect(texts(scenario)).toEqual(before);
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('D31: two instances never get one unit, so no later step can trip over it', () => {
    const scenario = withNode();
    const charge = [{ provider: 'root', class: 'SLOT', amount: 1, units: ['1'] }];
    const outright = { type: 'ClaimInstance', node: 'node-1', charge } as const;
    scenario.given(AGENT, { ...outright, instance: 'i-1' });
    expect(codeOf(scenario.ask(AGENT, { ...outright, instance: 'i-2' }))).toBe('UNIT_TAKEN');
    scenario.given(AGENT, {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-3',
      request: { resources: { SLOT: 2 } },
    });
    const held = [...scenario.ledger.instances.values()].flatMap((instance) =>
      instance.status === 'held' ? instance.claim.charge.flatMap((line) => line.units ?? []) : [],
    );
    expect(held.sort()).toEqual(['1', '10', '2']);
  });
});
