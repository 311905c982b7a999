import { describe, expect, it } from 'vitest';
import type { BatchPart } from '../instance-command.ts';
import type { ResourceRequest } from '../request.ts';
import { claim, drop } from '../testing/batch-parts.ts';
import { checkCharges } from '../testing/invariants.ts';
import {
  AGENT,
  chargedOn,
  codeOf,
  OPERATOR,
  ORIGIN,
  report,
  SCHEDULER,
  type Scenario,
  startScenario,
} from '../testing/scenario.ts';
import { hold } from '../testing/two-nodes.ts';

const NODES = ['node-1', 'node-2'];

/** Reports a node with so many VCPU and slots. */
const reportNode = (scenario: Scenario, node: string, vcpus: number, sequence: number, slots = 3): void => {
  const units = Array.from({ length: slots }, (_, unit) => String(unit));
  const inventories = [
    { class: 'VCPU', total: vcpus },
    { class: 'SLOT', total: slots, units },
  ];
  const devices = [0, 1, 2].map((device) => ({
    id: `${node}-gpu-${device}`,
    parent: node,
    inventories: [{ class: 'GPU', total: 4 }],
  }));
  scenario.given(AGENT, report([{ id: node, inventories }, ...devices], sequence, 1, node));
};

/** `node-1` and `node-2`, each with 40 VCPU, slots 0 to 2 and three devices of 4 GPU. */
const twoNodes = (): Scenario => {
  const scenario = startScenario();
  for (const node of NODES) {
    scenario.given(AGENT, { type: 'RegisterNode', node, bootId: 'boot-1' });
    reportNode(scenario, node, 40, 1);
  }
  return scenario;
};

const abort = (instance: string, place: number): BatchPart => {
  return { type: 'AbortClaim', origin: ORIGIN, node: 'node-1', instance, claimId: `batch-1.${place}` };
};

/** The whole move of `i-1` within `node-1`, or to another node, made by the part at a place. */
const moveOf = (request: ResourceRequest, place: number, destination = 'node-1'): readonly BatchPart[] => {
  const move = { origin: ORIGIN, instance: 'i-1', moveId: `batch-1.${place}` } as const;
  const named = { instance: 'i-1', source: 'node-1', claimId: 'claim-i-1', destination };
  return [
    { type: 'ClaimMove', origin: ORIGIN, kind: 'resize', ...named, request },
    ...(['prepared', 'running', 'switched', 'finished'] as const).map(
      (to): BatchPart => ({ type: 'AdvanceMove', ...move, to }),
    ),
    { type: 'ConfirmMove', ...move },
  ];
};

const codeOfBatch = (scenario: Scenario, commands: readonly BatchPart[]): string => {
  const code = codeOf(scenario.ask(AGENT, { type: 'AtomicBatch', commands }, 'batch-1'));
  checkCharges(scenario.ledger);
  return code;
};

const slotsOf = (scenario: Scenario, instance: string): readonly string[] | undefined => {
  const held = scenario.ledger.instances.get(instance);
  if (held?.status !== 'held') return undefined;
  return held.claim.charge.find((line) => line.class === 'SLOT')?.units;
};

const VCPU = (amount: number): ResourceRequest => ({ resources: { VCPU: amount } });

const SLOT = (amount: number): ResourceRequest => ({ resources: { SLOT: amount } });

const GPU = (amount: number): ResourceRequest => ({ groups: [{ name: 'g', resources: { GPU: amount } }] });

describe('the net result of an atomic batch', () => {
  it('may stay above a capacity that shrank, in whatever order, but add nothing to it', () => {
    const shrunk = (): Scenario => {
      const scenario = twoNodes();
      hold(scenario, 'i-1', { VCPU: 20 });
      hold(scenario, 'i-2', { VCPU: 20 });
      reportNode(scenario, 'node-1', 15, 2);
      return scenario;
    };
    for (const [amount, code] of [
      [10, 'accepted'],
      [20, 'accepted'],
      [21, 'NO_CAPACITY'],
    ] as const) {
      expect(codeOfBatch(shrunk(), [claim('i-3', VCPU(amount)), drop('i-1')])).toBe(code);
      expect(codeOfBatch(shrunk(), [drop('i-1'), claim('i-3', VCPU(amount))])).toBe(code);
    }
  });

  it('counts what a move leaves behind: a resize that fits once it is confirmed', () => {
    const scenario = twoNodes();
    hold(scenario, 'i-1', { VCPU: 30, SLOT: 2 });
    expect(codeOfBatch(scenario, moveOf({ resources: { VCPU: 41, SLOT: 2 } }, 0))).toBe('NO_CAPACITY');
    expect(codeOfBatch(scenario, moveOf({ resources: { VCPU: 40, SLOT: 3 } }, 0))).toBe('accepted');
    expect(chargedOn(scenario.ledger)).toMatchObject({ 'node-1 node-1 VCPU': 40, 'node-1 node-1 SLOT': 3 });
    expect(slotsOf(scenario, 'i-1')).toEqual(['0', '1', '2']);
  });

  it('counts a unit that an instance gives back for others', () => {
    const scenario = twoNodes();
    hold(scenario, 'i-1', { VCPU: 1, SLOT: 1 });
    const wanting = claim('i-2', { resources: { SLOT: 1 }, units: { SLOT: ['0'] } });
    expect(codeOfBatch(scenario, [wanting, ...moveOf(SLOT(1), 1)])).toBe('accepted');
    expect(slotsOf(scenario, 'i-2')).toEqual(['0']);
    expect(slotsOf(scenario, 'i-1')).toEqual(['1']);
  });

  it('gives nobody a unit that another takes over: the lowest one that is free in the end', () => {
    const scenario = twoNodes();
    for (const instance of ['i-1', 'i-2']) hold(scenario, instance, { VCPU: 20, SLOT: 1 });
    const commands = [claim('i-3', VCPU(20)), claim('i-4', SLOT(1)), drop('i-1'), claim('i-5', SLOT(1))];
    expect(codeOfBatch(scenario, commands)).toBe('accepted');
    expect([slotsOf(scenario, 'i-4'), slotsOf(scenario, 'i-5')]).toEqual([['0'], ['2']]);
    expect(codeOfBatch(scenario, [claim('i-6', SLOT(1)), claim('i-7', SLOT(1)), drop('i-2')])).toBe('NO_CAPACITY');
  });

  it('does not count what the batch itself claims and gives back', () => {
    const scenario = twoNodes();
    hold(scenario, 'i-1', { VCPU: 20, SLOT: 1 });
    expect(codeOfBatch(scenario, [claim('i-2', VCPU(100)), abort('i-2', 0)])).toBe('accepted');
    const commands = [claim('i-3', SLOT(2)), claim('i-4', SLOT(2)), abort('i-4', 1)];
    expect(codeOfBatch(scenario, commands)).toBe('accepted');
    expect(slotsOf(scenario, 'i-3')).toEqual(['1', '2']);
    expect(chargedOn(scenario.ledger)).toMatchObject({ 'node-1 node-1 VCPU': 20, 'node-1 node-1 SLOT': 3 });
  });

  it('finds a place among several providers when each of them gets what another held', () => {
    const scenario = twoNodes();
    for (const instance of ['i-1', 'i-2']) {
      scenario.given(
        SCHEDULER,
        { type: 'ClaimInstance', node: 'node-1', instance, request: GPU(4) },
        `claim-${instance}`,
      );
      scenario.given(SCHEDULER, { type: 'ConfirmClaim', node: 'node-1', instance, claimId: `claim-${instance}` });
    }
    const coming = ['i-3', 'i-4', 'i-5'].map((instance) => claim(instance, GPU(4)));
    const [first, second, third] = coming;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three are coming');
    expect(codeOfBatch(scenario, [first, second, drop('i-1'), third, drop('i-2')])).toBe('accepted');
    const charged = chargedOn(scenario.ledger);
    expect([0, 1, 2].map((device) => charged[`node-1 node-1-gpu-${device} GPU`])).toEqual([4, 4, 4]);
  });

  it('counts for every alternate, also behind a node that takes no claims', () => {
    const scenario = twoNodes();
    hold(scenario, 'i-1', { VCPU: 40 }, 'node-2');
    scenario.given(OPERATOR, { type: 'DisableNode', node: 'node-1', reason: 'maintenance' });
    const commands = [claim('i-2', VCPU(40), { alternates: ['node-2'] }), drop('i-1', 'node-2')];
    expect(codeOfBatch(scenario, commands)).toBe('accepted');
    expect(chargedOn(scenario.ledger)).toMatchObject({ 'node-2 node-2 VCPU': 40 });
  });
});
