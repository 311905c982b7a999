import { describe, expect, it } from 'vitest';
import type { ReportedProvider, ReshapeRule } from '../command.ts';
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

const reshape = (...rules: readonly ReshapeRule[]): Ask => ({ type: 'Reshape', node: 'node-1', incarnation: 1, rules });

const claim = (scenario: Scenario, instance: string, resources: Readonly<Record<string, number>>): string =>
  scenario.given(
    AGENT,
    { type: 'ClaimInstance', node: 'node-1', instance, request: { resources } },
    `claim-${instance}`,
  );

const chargeOf = (scenario: Scenario, id: string) => {
  const instance = scenario.ledger.instances.get(id);
  return instance?.status === 'held' ? instance.claim.charge : undefined;
};

const whyOf = (scenario: Scenario, ...rules: readonly ReshapeRule[]) => {
  const decision = scenario.ask(AGENT, reshape(...rules));
  return decision.kind === 'rejected' ? decision.rejection : decision.kind;
};

/** A node whose GPUs were first reported as one class of the root, then as devices. */
const grownDevices = (): Scenario => {
  const scenario = withNode([{ id: 'root', inventories: [{ class: 'GPU', total: 4 }] }]);
  claim(scenario, 'i-1', { GPU: 2 });
  claim(scenario, 'i-2', { GPU: 1 });
  const device = (id: string, total: number): ReportedProvider => ({
    id,
    parent: 'root',
    inventories: [{ class: 'GPU', total }],
  });
  scenario.given(AGENT, report([{ id: 'root', inventories: [] }, device('gpu-0', 2), device('gpu-1', 2)], 2));
  return scenario;
};

describe('Reshape', () => {
  it('takes charges from an inventory that vanished to the devices that replace it', () => {
    const scenario = grownDevices();
    const decision = scenario.ask(
      AGENT,
      reshape(
        { class: 'GPU', from: 'root', to: 'gpu-0', owners: [{ instance: 'i-1' }] },
        { class: 'GPU', from: 'root', to: 'gpu-1' },
      ),
    );
    expect(decision).toEqual({
      kind: 'accepted',
      events: [{ type: 'ChargesReshaped', schemaVersion: 1, data: {} }],
    });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 gpu-0 GPU': 2, 'node-1 gpu-1 GPU': 1 });
    expect(chargeOf(scenario, 'i-1')).toEqual([{ provider: 'gpu-0', class: 'GPU', amount: 2 }]);
    expect(scenario.ledger.nodes.get('node-1')?.tree.providers[0]?.inventories).toEqual([]);
    expect(codeOf(scenario.ask(AGENT, reshape({ class: 'GPU', from: 'root', to: 'gpu-1' })))).toBe('unchanged');
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 gpu-1 GPU': 1 });
  });

  it('splits what one owner holds', () => {
    const scenario = grownDevices();
    scenario.given(
      AGENT,
      reshape(
        { class: 'GPU', from: 'root', to: 'gpu-0', owners: [{ instance: 'i-1', amount: 1 }] },
        { class: 'GPU', from: 'root', to: 'gpu-1', owners: [{ instance: 'i-1', amount: 1 }, { instance: 'i-2' }] },
      ),
    );
    expect(chargeOf(scenario, 'i-1')).toEqual([
      { provider: 'gpu-0', class: 'GPU', amount: 1 },
      { provider: 'gpu-1', class: 'GPU', amount: 1 },
    ]);
  });

  it('names an instance only where an owner is at fault', () => {
    const scenario = grownDevices();
    const rule = { class: 'GPU', from: 'root', to: 'root' };
    const facts = { judgedAt: expect.any(Number), node: 'node-1', rule: 0 };
    expect(whyOf(scenario, rule)).toEqual({ code: 'RESHAPE_MISMATCH', details: { ...facts, why: 'same-provider' } });
    expect(whyOf(scenario, { ...rule, to: 'gpu-0', owners: [{ instance: 'i-9' }] })).toMatchObject({
      details: { why: 'unknown-owner', instance: 'i-9' },
    });
  });

  it('takes units by name, and only those that the other provider has', () => {
    const scenario = withNode([{ id: 'root', inventories: [{ class: 'SLOT', total: 2, units: ['1', '2'] }] }]);
    claim(scenario, 'i-1', { SLOT: 2 });
    const child: ReportedProvider = {
      id: 'child',
      parent: 'root',
      inventories: [{ class: 'SLOT', total: 2, units: ['2', '3'] }],
    };
    scenario.given(AGENT, report([{ id: 'root', inventories: [] }, child], 2));
    const rule = { class: 'SLOT', from: 'root', to: 'child' };
    expect(whyOf(scenario, rule)).toMatchObject({ details: { why: 'units-differ', instance: 'i-1', rule: 0 } });
    const owner = { instance: 'i-1' };
    expect(whyOf(scenario, { ...rule, owners: [{ ...owner, amount: 1 }] })).toMatchObject({
      details: { why: 'units-not-named' },
    });
    scenario.given(AGENT, reshape({ ...rule, owners: [{ ...owner, units: ['2'] }] }));
    expect(chargeOf(scenario, 'i-1')).toEqual([
      { provider: 'root', class: 'SLOT', amount: 1, units: ['1'] },
      { provider: 'child', class: 'SLOT', amount: 1, units: ['2'] },
    ]);
  });

  it.each<[string, ReshapeRule]>([
    ['unknown-target', { class: 'GPU', from: 'root', to: 'gpu-9' }],
    ['same-provider', { class: 'GPU', from: 'root', to: 'root' }],
    ['unknown-owner', { class: 'GPU', from: 'root', to: 'gpu-0', owners: [{ instance: 'i-9' }] }],
    ['nothing-held', { class: 'GPU', from: 'gpu-1', to: 'gpu-0', owners: [{ instance: 'i-1' }] }],
    ['more-than-held', { class: 'GPU', from: 'root', to: 'gpu-0', owners: [{ instance: 'i-1', amount: 3 }] }],
    [
      'units-differ',
      { class: 'GPU', from: 'root', to: 'gpu-0', owners: [{ instance: 'i-1', amount: 2, units: ['x'] }] },
    ],
    ['more-than-held', { class: 'GPU', from: 'root', to: 'gpu-0', owners: [{ instance: 'i-1', units: ['x'] }] }],
    ['no-capacity', { class: 'GPU', from: 'root', to: 'gpu-1' }],
  ])('is refused as a whole: %s', (why, rule) => {
    const scenario = grownDevices();
    const before = chargedOn(scenario.ledger);
    const good = { class: 'GPU', from: 'root', to: 'gpu-1', owners: [{ instance: 'i-2' }] };
    expect(whyOf(scenario, good, rule)).toMatchObject({ code: 'RESHAPE_MISMATCH', details: { rule: 1, why } });
    expect(chargedOn(scenario.ledger)).toEqual(before);
  });

  it('of an earlier incarnation is refused', () => {
    const scenario = withNode(TREE);
    expect(codeOf(scenario.ask(AGENT, { type: 'Reshape', node: 'node-1', incarnation: 2, rules: [] }))).toBe(
      'STALE_INCARNATION',
    );
  });

  it('takes the side of a move with it, but not while old and new are held as the larger of both', () => {
    const scenario = withNode();
    claim(scenario, 'i-1', { GPU_MILLI: 400 });
    scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' });
    const place = { instance: 'i-1', source: 'node-1', claimId: 'claim-i-1', destination: 'node-1' } as const;
    const move = { type: 'ClaimMove', kind: 'resize', ...place } as const;
    const charge = [{ provider: 'gpu-0', class: 'GPU_MILLI', amount: 500 }];
    const rule = { class: 'GPU_MILLI', from: 'gpu-0', to: 'gpu-1' };
    scenario.given(AGENT, { ...move, replace: true, charge }, 'move-1');
    expect(whyOf(scenario, rule)).toMatchObject({ details: { why: 'open-replace', instance: 'i-1' } });
    scenario.given(AGENT, { type: 'CancelMove', instance: 'i-1', moveId: 'move-1' });
    scenario.given(AGENT, { ...move, charge }, 'move-2');
    scenario.given(AGENT, reshape({ ...rule, owners: [{ instance: 'i-1', moveId: 'move-2' }] }));
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 gpu-0 GPU_MILLI': 400, 'node-1 gpu-1 GPU_MILLI': 500 });
    scenario.given(AGENT, { type: 'CancelMove', instance: 'i-1', moveId: 'move-2' });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 gpu-0 GPU_MILLI': 400 });
  });

  it('takes what a replacing move left, also after its instance was shelved', () => {
    const scenario = withNode();
    claim(scenario, 'i-1', { GPU_MILLI: 400 });
    scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' });
    const place = { instance: 'i-1', source: 'node-1', claimId: 'claim-i-1', destination: 'node-1' } as const;
    const charge = [{ provider: 'gpu-0', class: 'GPU_MILLI', amount: 100 }];
    scenario.given(AGENT, { type: 'ClaimMove', kind: 'resize', ...place, replace: true, charge }, 'move-1');
    for (const to of ['prepared', 'running', 'switched'] as const) {
      scenario.given(AGENT, { type: 'AdvanceMove', instance: 'i-1', moveId: 'move-1', to });
    }
    scenario.given(OPERATOR, { type: 'ConfirmMove', instance: 'i-1', moveId: 'move-1' });
    scenario.given(AGENT, { type: 'ShelveOffload', node: 'node-1', instance: 'i-1', claimId: 'move-1' });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 gpu-0 GPU_MILLI': 300 });
    scenario.given(AGENT, reshape({ class: 'GPU_MILLI', from: 'gpu-0', to: 'gpu-1' }));
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 gpu-1 GPU_MILLI': 300 });
  });
});
