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
    expect(codeOf(scenario.ask(AGENT, rebuild('after', { VCPU: 8 })))).toBe('REBUILD_GROWS');
  });

  it('that grows after the work is told what it holds, and to say so before the work', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 4 });
    expect(scenario.ask(AGENT, rebuild('after', { VCPU: 6, MEMORY_MB: 8 }))).toMatchObject({
      rejection: {
        code: 'REBUILD_GROWS',
        details: {
          node: SOURCE,
          instance: 'i-1',
          rules: [
            { class: 'VCPU', requested: 6, held: 4 },
            { class: 'MEMORY_MB', requested: 8, held: 0 },
          ],
          legal: ['RebuildInstance with stage before'],
        },
      },
    });
  });

  it('is told the figures of the node as it is, its own charge among them', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 4 });
    hold(scenario, 'i-2', { VCPU: 2 });
    const rules = [{ class: 'VCPU', requested: 9, capacity: 8, charged: 6, headroom: 2, largestFree: 2, held: 4 }];
    const refusal = { rejection: { code: 'NO_CAPACITY', details: { rules } } };
    expect(scenario.ask(AGENT, rebuild('before', { VCPU: 9 }))).toMatchObject(refusal);
    const resize = { type: 'ClaimMove', kind: 'resize', instance: 'i-1', source: SOURCE, destination: SOURCE } as const;
    const asked = { claimId: 'claim-i-1', replace: true, request: { resources: { VCPU: 9 } } } as const;
    expect(scenario.ask(SCHEDULER, { ...resize, ...asked })).toMatchObject(refusal);
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

  it('has to name the units that it has: the ledger guesses none', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { SLOT: 2 });
    const charge = [{ provider: 'node-1-root', class: 'SLOT', amount: 1 }];
    expect(scenario.ask(OPERATOR, { ...adopt(1), charge })).toMatchObject({
      rejection: { code: 'UNITS_MISSING', details: { rules: [{ class: 'SLOT', rule: 'UNITS_MISSING' }] } },
    });
    expect(codeOf(scenario.ask(OPERATOR, adopt(1, ['3'])))).toBe('accepted');
    hold(scenario, 'i-2', { SLOT: 1 });
    expect(codeOf(scenario.ask(OPERATOR, { ...adopt(1), instance: 'i-8', charge }))).toBe('NO_CAPACITY');
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
