import { describe, expect, it, vi } from 'vitest';
import { canonicalRecords } from '../canonical.ts';
import type { LedgerEvent } from '../event.ts';
import { emptyLedger } from '../ledger.ts';
import { resultOf } from '../result-of.ts';
import { AGENT, report, type Scenario, TREE, withNode } from '../testing/scenario.ts';
import { apply, evolve } from './evolve.ts';

const claimed = (): Scenario => {
  const scenario = withNode();
  const request = { resources: { VCPU: 2 }, groups: [{ name: 'g', resources: { GPU_MILLI: 500 } }] };
  scenario.given(AGENT, { type: 'ClaimInstance', node: 'node-1', instance: 'i-1', request }, 'claim-1');
  return scenario;
};

const lastOf = (scenario: Scenario): LedgerEvent => {
  const event = scenario.events.at(-1);
  if (event === undefined) throw new Error('no event');
  return event;
};

describe('evolve', () => {
  it('touches only the inventories that a claim charges', () => {
    const scenario = withNode();
    const before = scenario.ledger.nodes.get('node-1');
    scenario.given(AGENT, {
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-1',
      request: { resources: { VCPU: 1 } },
    });
    const after = scenario.ledger.nodes.get('node-1');
    expect(after?.tree.providers[1]).toBe(before?.tree.providers[1]);
    expect(after?.tree.providers[2]).toBe(before?.tree.providers[2]);
    expect(
      after?.tree.providers[0]?.inventories.map(
        (each, index) => each === before?.tree.providers[0]?.inventories[index],
      ),
    ).toEqual([true, true, false]);
    expect(after?.generation).toBe(5);
  });

  it.each<[string, Partial<LedgerEvent>]>([
    ['a claim of an instance that is held', {}],
    ['a claim on an unknown node', { data: { node: 'nowhere', charge: [] } }],
    [
      'a charge on an unknown provider',
      { data: { node: 'node-1', charge: [{ provider: 'x', class: 'VCPU', amount: 1 }] } },
    ],
    ['an event without its command', { type: 'NodeEnabled', data: {} }],
    ['a confirmation of a claim that is not live', { type: 'ClaimConfirmed', data: {} }],
    ['a second founding', { type: 'LedgerCreated', data: { cell: 'c', historyId: 'h', formatVersion: 1 } }],
  ])('throws on %s and changes nothing', (_, fields) => {
    const scenario = claimed();
    const before = [...canonicalRecords(scenario.ledger)];
    const event = Object.assign(structuredClone(lastOf(scenario)), fields);
    expect(() => evolve(scenario.ledger, event)).toThrow(/cannot be applied|is unknown|no provider/);
    expect([...canonicalRecords(scenario.ledger)]).toEqual(before);
  });

  it('throws on a cell event before the ledger was created', () => {
    const { events } = claimed();
    const [, configured] = events;
    if (configured === undefined) throw new Error('no event');
    expect(() => evolve(emptyLedger(), configured)).toThrow('never created');
  });
});

describe('apply', () => {
  it('leaves the ledger as it was when a record cannot be put in its place', () => {
    const { ledger, events } = claimed();
    const last = events.at(-1);
    if (last?.command?.type !== 'ClaimInstance') throw new Error('no claim');
    const before = [...canonicalRecords(ledger)];
    const providers = [...ledger.providerNode];
    const next = {
      ...last,
      number: last.number + 1,
      commandId: 'claim-2',
      command: { ...last.command, instance: 'i-2' },
    };
    vi.spyOn(ledger.instances, 'set').mockImplementationOnce(() => {
      throw new RangeError('Map maximum size exceeded');
    });
    expect(() => apply(ledger, next)).toThrow('Map maximum size exceeded');
    expect([...canonicalRecords(ledger)]).toEqual(before);
    expect([...ledger.providerNode]).toEqual(providers);
    expect([...ledger.heldBy.get('node-1')]).toEqual(['i-1']);
    apply(ledger, next);
    expect(ledger.nodes.get('node-1')?.claimCount).toBe(2);
  });
});

describe('the canonical records', () => {
  it('are the texts that every fold must agree on', () => {
    const scenario = claimed();
    expect([...canonicalRecords(scenario.ledger)]).toEqual([
      '["cell","main","h1",0]',
      '["node","node-1","agent-1",1,"boot-1","enabled","","reported",1,1]',
      '["provider","node-1","root","",[],[],false]',
      '["inventory","node-1","root","MEMORY_MB",1024,0,1,9007199254740991,1,1000000,[],false,0,[]]',
      '["inventory","node-1","root","SLOT",3,0,1,9007199254740991,1,1000000,["1","2","10"],false,0,[]]',
      '["inventory","node-1","root","VCPU",8,0,1,9007199254740991,1,1000000,[],false,2,[]]',
      '["provider","node-1","gpu-0","root",[],[],false]',
      '["inventory","node-1","gpu-0","GPU_MILLI",1000,0,1,9007199254740991,1,1000000,[],false,500,[]]',
      '["provider","node-1","gpu-1","root",["A100"],[],false]',
      '["inventory","node-1","gpu-1","GPU_MILLI",1000,0,1,9007199254740991,1,1000000,[],false,0,[]]',
      '["claim","claim-1","i-1","node-1","unconfirmed","",[],"agent","agent-1",' +
        '"{\\"resources\\":{\\"VCPU\\":2},\\"groups\\":[{\\"name\\":\\"g\\",' +
        '\\"resources\\":{\\"GPU_MILLI\\":500}}]}",' +
        '[["root","VCPU",2,[]],["gpu-0","GPU_MILLI",500,[]]]]',
    ]);
  });

  it('name ended instances and drop their claims', () => {
    const scenario = claimed();
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-1' });
    expect([...canonicalRecords(scenario.ledger)].at(-1)).toBe('["ended","i-1"]');
  });
});

describe('the result of an accepted decision', () => {
  it('is rebuilt from its events', () => {
    const scenario = claimed();
    expect(resultOf([lastOf(scenario)])).toEqual({
      type: 'ClaimInstance',
      node: 'node-1',
      instance: 'i-1',
      claimId: 'claim-1',
      charge: [
        { provider: 'root', class: 'VCPU', amount: 2 },
        { provider: 'gpu-0', class: 'GPU_MILLI', amount: 500 },
      ],
    });
    scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance: 'i-1', claimId: 'claim-1' });
    expect(resultOf([lastOf(scenario)])).toEqual({
      type: 'ConfirmClaim',
      node: 'node-1',
      instance: 'i-1',
      claimId: 'claim-1',
    });
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-2' });
    expect(resultOf([lastOf(scenario)])).toEqual({ type: 'RegisterNode', node: 'node-1', incarnation: 2 });
    scenario.given(AGENT, report(TREE.slice(0, 1), 1, 2));
    expect(resultOf([lastOf(scenario)])).toEqual({ type: 'ReportInventory', node: 'node-1' });
  });

  it('is not to be had from the events of the writer', () => {
    const [founded] = claimed().events;
    expect(() => resultOf(founded === undefined ? [] : [founded])).toThrow('no accepted decision');
    expect(() => resultOf([])).toThrow('no accepted decision');
  });
});
