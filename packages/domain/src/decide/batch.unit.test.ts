import { describe, expect, it } from 'vitest';
import type { BatchPart } from '../instance-command.ts';
import { resultOf } from '../result-of.ts';
import { claim, drop, registerNodes } from '../testing/batch-parts.ts';
import { stateOf } from '../testing/invariants.ts';
import {
  AGENT,
  chargedOn,
  codeOf,
  OPERATOR,
  ORIGIN,
  OTHER_AGENT,
  SCHEDULER,
  type Scenario,
  startScenario,
} from '../testing/scenario.ts';
import { hold } from '../testing/two-nodes.ts';

/** Two full nodes of one agent: `i-1` holds all of `node-1`, `i-2` all of `node-2`. */
const fullNodes = (): Scenario => {
  const scenario = startScenario();
  registerNodes(scenario, [
    { class: 'VCPU', total: 4 },
    { class: 'SLOT', total: 2, units: ['0', '1'] },
  ]);
  hold(scenario, 'i-1', { VCPU: 4, SLOT: 2 }, 'node-1');
  hold(scenario, 'i-2', { VCPU: 4, SLOT: 2 }, 'node-2');
  return scenario;
};

const FULL = { 'node-1 node-1 VCPU': 4, 'node-1 node-1 SLOT': 2, 'node-2 node-2 VCPU': 4, 'node-2 node-2 SLOT': 2 };

const claimMove = (instance: string, source: string, destination: string): BatchPart => {
  const named = { instance, source, claimId: `claim-${instance}`, destination };
  return { type: 'ClaimMove', origin: ORIGIN, kind: 'cold', ...named };
};

const steps = (instance: string, moveId: string): readonly BatchPart[] => [
  ...(['prepared', 'running', 'switched'] as const).map(
    (to): BatchPart => ({ type: 'AdvanceMove', origin: ORIGIN, instance, moveId, to }),
  ),
  { type: 'ConfirmMove', origin: ORIGIN, instance, moveId },
];

const SWAP: readonly BatchPart[] = [
  claimMove('i-1', 'node-1', 'node-2'),
  claimMove('i-2', 'node-2', 'node-1'),
  ...steps('i-1', 'batch-1.0'),
  ...steps('i-2', 'batch-1.1'),
];

describe('an atomic batch', () => {
  it('is judged on its net result: two instances change places between full nodes in one decision', () => {
    const scenario = fullNodes();
    const decision = scenario.ask(AGENT, { type: 'AtomicBatch', commands: SWAP }, 'batch-1');
    expect(codeOf(decision)).toBe('accepted');
    expect(decision.kind === 'accepted' ? decision.events.map((event) => event.type) : []).toEqual([
      'AtomicBatchApplied',
    ]);
    expect(chargedOn(scenario.ledger)).toEqual(FULL);
    expect(scenario.ledger.instances.get('i-1')).toMatchObject({ claim: { node: 'node-2', claimId: 'batch-1.0' } });
    expect(scenario.ledger.instances.get('i-2')).toMatchObject({ claim: { node: 'node-1', claimId: 'batch-1.1' } });
    for (const node of scenario.ledger.nodes.values()) {
      expect(node.tree.providers[0]?.inventories[0]?.takenUnits).toEqual(['0', '1']);
    }
  });

  it('does nothing at all when one of its commands is refused, and names it', () => {
    const scenario = fullNodes();
    const before = stateOf(scenario.ledger);
    const commands = [...SWAP, claimMove('i-1', 'node-9', 'node-1')];
    expect(scenario.ask(AGENT, { type: 'AtomicBatch', commands }, 'batch-1')).toMatchObject({
      rejection: { code: 'NODE_NOT_FOUND', details: { part: 10 } },
    });
    expect(stateOf(scenario.ledger)).toEqual(before);
  });

  it('is refused when its net result does not fit: a side that is only asked for is still charged', () => {
    const scenario = fullNodes();
    const before = stateOf(scenario.ledger);
    const commands = SWAP.slice(0, 2);
    expect(codeOf(scenario.ask(AGENT, { type: 'AtomicBatch', commands }, 'batch-1'))).toBe('NO_CAPACITY');
    expect(codeOf(scenario.ask(SCHEDULER, { type: 'AtomicBatch', commands }, 'batch-1'))).toBe('NO_CAPACITY');
    expect(stateOf(scenario.ledger)).toEqual(before);
  });

  it('says by how much its net result is too large, with the figures of the node and who holds the rest', () => {
    const scenario = fullNodes();
    const commands = [claim('i-3', { resources: { VCPU: 1 } }), drop('i-1'), claim('i-4', { resources: { VCPU: 4 } })];
    expect(scenario.ask(AGENT, { type: 'AtomicBatch', commands })).toMatchObject({
      rejection: {
        code: 'NO_CAPACITY',
        details: {
          node: 'node-1',
          rules: [{ provider: 'node-1', class: 'VCPU', requested: 1, capacity: 4, charged: 4, headroom: 0 }],
          holders: [{ instance: 'i-1', claimId: 'claim-i-1' }],
        },
      },
    });
  });

  it('names no holder that only an earlier command of it would have made', () => {
    const scenario = fullNodes();
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' });
    const commands = ['i-3', 'i-4'].map((instance): BatchPart => {
      return { type: 'ClaimInstance', origin: ORIGIN, node: 'node-1', instance, request: { resources: { VCPU: 3 } } };
    });
    const decision = scenario.ask(AGENT, { type: 'AtomicBatch', commands }, 'batch-1');
    expect(decision).toMatchObject({ rejection: { code: 'NO_CAPACITY', details: { part: 1 } } });
    expect(decision).not.toHaveProperty('rejection.details.holders');
  });

  it('may let an instance take the place of one that a later command drops', () => {
    const scenario = fullNodes();
    const request = { resources: { VCPU: 3, SLOT: 2 } };
    const commands: readonly BatchPart[] = [
      { type: 'ClaimInstance', origin: ORIGIN, node: 'node-1', instance: 'i-3', request },
      { type: 'DropInstance', origin: ORIGIN, node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' },
    ];
    expect(codeOf(scenario.ask(SCHEDULER, { type: 'AtomicBatch', commands }))).toBe('NO_CAPACITY');
    scenario.given(AGENT, { type: 'AtomicBatch', commands }, 'batch-1');
    expect(chargedOn(scenario.ledger)).toEqual({ ...FULL, 'node-1 node-1 VCPU': 3 });
    const event = scenario.events.at(-1);
    expect(event === undefined ? undefined : resultOf([event])).toMatchObject({
      type: 'AtomicBatch',
      results: [
        { type: 'ClaimInstance', claimId: 'batch-1.0', charge: [{ class: 'SLOT', units: ['0', '1'] }, { amount: 3 }] },
        { type: 'DropInstance', claimId: 'claim-i-1' },
      ],
    });
  });

  it('is judged command by command for who may do it', () => {
    const scenario = fullNodes();
    expect(codeOf(scenario.ask(OTHER_AGENT, { type: 'AtomicBatch', commands: SWAP }))).toBe('NOT_AUTHORISED');
    expect(codeOf(scenario.ask(OPERATOR, { type: 'AtomicBatch', commands: SWAP }))).toBe('NOT_AUTHORISED');
  });

  it('that changes nothing is answered so', () => {
    const scenario = fullNodes();
    const confirm = { type: 'ConfirmClaim', node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' } as const;
    expect(scenario.ask(AGENT, { type: 'AtomicBatch', commands: [{ ...confirm, origin: ORIGIN }] })).toEqual({
      kind: 'unchanged',
      result: { type: 'AtomicBatch', results: [confirm] },
    });
  });
});
