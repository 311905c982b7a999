import { describe, expect, it } from 'vitest';
import { AGENT, chargedOn, codeOf, OPERATOR, report, SCHEDULER } from '../testing/scenario.ts';
import { claimMoveOf, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';

const NAMED = { node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
const AT_SOURCE = 'node-1 node-1-root VCPU';

const rebuild = (stage: 'before' | 'after', resources: Readonly<Record<string, number>>) =>
  ({ type: 'RebuildInstance', ...NAMED, stage, request: { resources } }) as const;

describe('RebuildInstance', () => {
  it('grows before the work and shrinks after it', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 4, SLOT: 1 });
    scenario.given(AGENT, rebuild('before', { VCPU: 2, MEMORY_MB: 512, SLOT: 2 }));
    const memory = { 'node-1 node-1-root MEMORY_MB': 512 };
    const slots = { 'node-1 node-1-root SLOT': 2 };
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 4, ...memory, ...slots });
    scenario.given(AGENT, rebuild('after', { VCPU: 2, MEMORY_MB: 512, SLOT: 2 }));
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2, ...memory, ...slots });
    expect(codeOf(scenario.ask(AGENT, rebuild('after', { VCPU: 2, MEMORY_MB: 512, SLOT: 2 })))).toBe('unchanged');
  });

  it('has to fit by its increase only, also where the inventory shrank below its charges', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 6 });
    expect(codeOf(scenario.ask(AGENT, rebuild('before', { VCPU: 9 })))).toBe('NO_CAPACITY');
    expect(codeOf(scenario.ask(AGENT, rebuild('before', { VCPU: 8 })))).toBe('accepted');
    const shrunk = [{ id: 'node-1-root', inventories: [{ class: 'VCPU', total: 4 }] }];
    scenario.given(AGENT, report(shrunk, 2));
    expect(codeOf(scenario.ask(AGENT, rebuild('before', { VCPU: 9 })))).toBe('NO_CAPACITY');
    expect(codeOf(scenario.ask(AGENT, rebuild('before', { VCPU: 8 })))).toBe('unchanged');
    expect(codeOf(scenario.ask(AGENT, rebuild('after', { VCPU: 7 })))).toBe('accepted');
    expect(codeOf(scenario.ask(AGENT, rebuild('after', { VCPU: 8 })))).toBe('NO_CAPACITY');
  });

  it('is refused during a move, and growth on a node that takes no claims', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 2 });
    scenario.given(OPERATOR, { type: 'DisableNode', node: SOURCE, reason: 'service' });
    expect(codeOf(scenario.ask(AGENT, rebuild('before', { VCPU: 3 })))).toBe('NODE_DISABLED');
    expect(codeOf(scenario.ask(AGENT, rebuild('after', { VCPU: 1 })))).toBe('accepted');
    claimMoveOf(scenario, 'cold');
    expect(codeOf(scenario.ask(AGENT, rebuild('after', { VCPU: 1 })))).toBe('MOVE_OPEN');
  });
});

describe('AdoptInstance', () => {
  const adopt = (amount: number, units?: readonly string[]) =>
    ({
      type: 'AdoptInstance',
      node: SOURCE,
      instance: 'i-9',
      charge: [
        { provider: 'node-1-root', class: 'VCPU', amount },
        ...(units === undefined ? [] : [{ provider: 'node-1-root', class: 'SLOT', amount: units.length, units }]),
      ],
    }) as const;

  it('charges what runs as a fact, even above capacity and on a closed node, and blocks new claims there', () => {
    const scenario = withTwoNodes();
    scenario.given(OPERATOR, { type: 'DisableNode', node: SOURCE, reason: 'service' });
    const claimId = scenario.given(OPERATOR, adopt(20, ['2']));
    expect(scenario.ledger.instances.get('i-9')).toMatchObject({ claim: { claimId, status: 'confirmed' } });
    expect(chargedOn(scenario.ledger)[AT_SOURCE]).toBe(20);
    expect(codeOf(scenario.ask(OPERATOR, adopt(20, ['2'])))).toBe('unchanged');
    expect(codeOf(scenario.ask(OPERATOR, adopt(19)))).toBe('INSTANCE_ALREADY_HELD');
    scenario.given(OPERATOR, { type: 'EnableNode', node: SOURCE });
    const claim = {
      type: 'ClaimInstance',
      node: SOURCE,
      instance: 'i-1',
      request: { resources: { VCPU: 1 } },
    } as const;
    expect(codeOf(scenario.ask(SCHEDULER, claim))).toBe('NO_CAPACITY');
  });

  it('is refused where the ledger could not write it down', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { SLOT: 1 });
    expect(codeOf(scenario.ask(OPERATOR, adopt(1, ['0'])))).toBe('UNIT_TAKEN');
    expect(codeOf(scenario.ask(OPERATOR, adopt(1, ['7'])))).toBe('UNKNOWN_UNIT');
    const charge = [{ provider: 'node-2-root', class: 'VCPU', amount: 1 }];
    expect(codeOf(scenario.ask(OPERATOR, { ...adopt(1), charge }))).toBe('UNKNOWN_PROVIDER');
    expect(codeOf(scenario.ask(AGENT, adopt(1)))).toBe('NOT_AUTHORISED');
  });
});
