import { describe, expect, it } from 'vitest';
import type { BatchPart } from '../instance-command.ts';
import { claim, drop, registerNodes } from '../testing/batch-parts.ts';
import { AGENT, codeOf, ORIGIN, SCHEDULER, type Scenario, startScenario } from '../testing/scenario.ts';
import { hold } from '../testing/two-nodes.ts';

const GPUS = ['0', '1', '2', '3'];

/** `node-1` and `node-2` with 40 VCPU and 4 GPU each; on `node-1` `i-1` and `i-2` hold 20 VCPU each. */
const chargedNode = (): Scenario => {
  const scenario = startScenario();
  registerNodes(scenario, [
    { class: 'VCPU', total: 40, maxUnit: 45 },
    { class: 'GPU', total: 4, units: GPUS },
  ]);
  hold(scenario, 'i-1', { VCPU: 20 });
  hold(scenario, 'i-2', { VCPU: 20 });
  return scenario;
};

const refusalOf = (scenario: Scenario, commands: readonly BatchPart[]) =>
  scenario.ask(AGENT, { type: 'AtomicBatch', commands }, 'batch-1');

const FULL = { capacity: 40, charged: 40, headroom: 0, largestFree: 0 };

const HOLDERS = ['i-1', 'i-2'].map((instance) => ({ instance, claimId: `claim-${instance}` }));

describe('the refusal of a part of an atomic batch', () => {
  it('has the figures of the node, not those of a node with room for everything', () => {
    const scenario = chargedNode();
    expect(refusalOf(scenario, [claim('i-3', { resources: { GPU: 9 } })])).toMatchObject({
      rejection: {
        code: 'NO_CAPACITY',
        details: { part: 0, rules: [{ requested: 9, capacity: 4, charged: 0, headroom: 4, largestFree: 4 }] },
      },
    });
  });

  it('has the figures and the holders from before the batch, whatever its parts give back', () => {
    const scenario = chargedNode();
    expect(refusalOf(scenario, [drop('i-1'), claim('i-3', { resources: { VCPU: 50 } })])).toEqual({
      kind: 'rejected',
      rejection: {
        code: 'AMOUNT_RULE',
        details: {
          judgedAt: scenario.events.length,
          node: 'node-1',
          part: 1,
          rules: [{ group: '', class: 'VCPU', rule: 'AMOUNT_RULE', requested: 50, ...FULL }],
        },
      },
    });
    expect(refusalOf(scenario, [drop('i-1'), claim('i-3', { resources: { VCPU: 45 } })])).toEqual({
      kind: 'rejected',
      rejection: {
        code: 'NO_CAPACITY',
        details: {
          judgedAt: scenario.events.length,
          node: 'node-1',
          part: 1,
          rules: [{ group: '', class: 'VCPU', rule: 'NO_CAPACITY', requested: 45, ...FULL }],
          holders: HOLDERS,
        },
      },
    });
  });

  it('has them too where a unit is wanted twice', () => {
    const scenario = chargedNode();
    const taking = (instance: string): BatchPart => claim(instance, { resources: { GPU: 1 }, units: { GPU: ['1'] } });
    const decision = refusalOf(scenario, [taking('i-3'), taking('i-4')]);
    expect(decision).toMatchObject({
      rejection: {
        code: 'UNIT_TAKEN',
        details: { part: 1, rules: [{ rule: 'UNIT_TAKEN', capacity: 4, charged: 0, headroom: 4, largestFree: 4 }] },
      },
    });
    expect(decision).not.toHaveProperty('rejection.details.holders');
  });

  it('has them for each node of a claim with alternates', () => {
    const scenario = chargedNode();
    const commands = [
      claim('i-3', { resources: { GPU: 1 } }, { node: 'node-2' }),
      claim('i-4', { resources: { GPU: 9 } }, { alternates: ['node-2', 'node-9'] }),
    ];
    const rule = { group: '', class: 'GPU', rule: 'NO_CAPACITY', requested: 9, headroom: 4, largestFree: 4 };
    expect(refusalOf(scenario, commands)).toMatchObject({
      rejection: {
        code: 'NO_CAPACITY',
        details: {
          part: 1,
          nodes: [
            { node: 'node-1', rules: [rule] },
            { node: 'node-2', rules: [rule] },
            { node: 'node-9', rules: [] },
          ],
        },
      },
    });
  });

  it('tells of a charge to be replaced what its owner held before the batch', () => {
    const scenario = chargedNode();
    const claimId = hold(scenario, 'i-3', { GPU: 2 });
    const rebuild = (gpus: number, stage: 'before' | 'after'): BatchPart => ({
      ...{ type: 'RebuildInstance', origin: ORIGIN, node: 'node-1', instance: 'i-3', claimId },
      ...{ stage, request: { resources: { GPU: gpus } } },
    });
    expect(refusalOf(scenario, [rebuild(1, 'after'), rebuild(9, 'before')])).toMatchObject({
      rejection: {
        code: 'NO_CAPACITY',
        details: { part: 1, rules: [{ requested: 9, held: 2, capacity: 4, charged: 2, headroom: 2, largestFree: 2 }] },
      },
    });
  });

  it('is one that the same batch gets again, by whoever may ask for it', () => {
    const scenario = chargedNode();
    const commands = [claim('i-3', { resources: { VCPU: 1 } }), drop('i-1'), claim('i-4', { resources: { VCPU: 40 } })];
    expect(codeOf(refusalOf(scenario, commands))).toBe('NO_CAPACITY');
    expect(scenario.ask(SCHEDULER, { type: 'AtomicBatch', commands }, 'batch-1')).toMatchObject({
      rejection: { details: { rules: [FULL], holders: HOLDERS } },
    });
  });
});
