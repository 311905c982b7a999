import { describe, expect, it } from 'vitest';
import { canonicalRecords } from '../canonical.ts';
/**
 * Known defects of the reference tracker around what it stores and where, by their numbers. Each test says what the
 * reference does (left) and what the ledger does instead (asserted).
 */
import { InstanceTable } from '../instance-table.ts';
import type { Instance } from '../ledger.ts';
import { stateOf } from '../testing/invariants.ts';
import {
  AGENT,
  type Ask,
  chargedOn,
  codeOf,
  ORIGIN,
  OTHER_AGENT,
  SCHEDULER,
  type Scenario,
} from '../testing/scenario.ts';
import { advanceTo, claimMoveOf, DESTINATION, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';
import { decide } from './decide.ts';

const claim = (instance: string, vcpus: number, node = SOURCE) =>
  ({ type: 'ClaimInstance', node, instance, request: { resources: { VCPU: vcpus, MEMORY_MB: 128 } } }) as const;

/** A table that counts the records looked up one by one; to go through all of them is an error. */
class WatchedTable extends InstanceTable {
  looks = 0;

  override get(key: string): Instance | undefined {
    this.looks += 1;
    return super.get(key);
  }

  override holderOf(id: string): string | undefined {
    this.looks += 1;
    return super.holderOf(id);
  }

  override [Symbol.iterator](): MapIterator<[string, Instance]> {
    throw new Error('every instance of the cell is read');
  }

  override values(): MapIterator<Instance> {
    throw new Error('every instance of the cell is read');
  }

  override keys(): MapIterator<string> {
    throw new Error('every instance of the cell is read');
  }
}

const watched = (instances: ReadonlyMap<string, Instance>): WatchedTable => {
  const table = new WatchedTable();
  for (const [id, instance] of instances) table.set(id, instance);
  return table;
};

describe('a claim', () => {
  it('D3: whose save fails stays charged (1/128/1), and nobody has its ticket → charges by its event alone', () => {
    const scenario = withTwoNodes();
    const before = [...canonicalRecords(scenario.ledger)];
    const message = {
      commandId: 'claim-1',
      issuedAt: 0,
      actor: SCHEDULER,
      command: { origin: ORIGIN, ...claim('i-1', 1) },
    };
    const decision = decide(scenario.ledger, message, { number: scenario.events.length, at: scenario.now() });
    expect(decision.kind).toBe('accepted');
    expect([...canonicalRecords(scenario.ledger)]).toEqual(before);
    const abort = { type: 'AbortClaim', node: SOURCE, instance: 'i-1', claimId: 'claim-1' } as const;
    expect(codeOf(scenario.ask(SCHEDULER, abort))).toBe('CLAIM_NOT_FOUND');
    scenario.given(SCHEDULER, claim('i-1', 1), 'claim-1');
    scenario.given(SCHEDULER, abort);
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('D29: fails while the placement service is down → asks the ledger alone; a mute node stops no other', () => {
    const scenario = withTwoNodes();
    const unsupported: Ask = {
      type: 'ReportInventory',
      node: SOURCE,
      incarnation: 1,
      sequence: 2,
      mode: 'unsupported',
      reason: 'placement is down',
    };
    hold(scenario, 'i-1', { VCPU: 2 });
    scenario.given(AGENT, unsupported);
    expect(codeOf(scenario.ask(SCHEDULER, claim('i-2', 1)))).toBe('INVENTORY_STALE');
    expect(codeOf(scenario.ask(SCHEDULER, { ...claim('i-2', 1), alternates: [DESTINATION] }))).toBe('accepted');
    for (const place of [3, 4, 5]) scenario.given(SCHEDULER, claim(`i-${place}`, 2, DESTINATION));
    expect(codeOf(scenario.ask(SCHEDULER, claim('i-6', 2, DESTINATION)))).toBe('NO_CAPACITY');
    scenario.given(AGENT, { type: 'DropInstance', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' });
    expect(Object.keys(chargedOn(scenario.ledger)).every((place) => place.startsWith(DESTINATION))).toBe(true);
  });
});

describe('an audit', () => {
  const report = (scenario: Scenario, node: string, instance: string): Ask => ({
    type: 'ReportGuests',
    node,
    incarnation: 1,
    complete: true,
    takenAt: scenario.events.length,
    guests: [{ instance, charge: [{ provider: `${node}-root`, class: 'VCPU', amount: 3 }] }],
  });

  it('D30: saves the new form that it gave a moving instance to count it → touches nothing that moves', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 2 });
    claimMoveOf(scenario, 'resize');
    advanceTo(scenario, 'resize', 'running');
    const moving = stateOf(scenario.ledger);
    expect(codeOf(scenario.ask(OTHER_AGENT, report(scenario, DESTINATION, 'i-1')))).toBe('unchanged');
    expect(stateOf(scenario.ledger)).toEqual(moving);
    scenario.given(SCHEDULER, { type: 'CancelMove', instance: 'i-1', moveId: 'move-1' });
    expect(scenario.ledger.instances.get('i-1')).toMatchObject({
      claim: { node: SOURCE, claimId: 'claim-i-1', charge: [{ class: 'VCPU', amount: 2 }] },
    });
  });

  it('D33: reads every instance while claims wait → looks at those of its node, however many the cell has', () => {
    const scenario = withTwoNodes(64);
    hold(scenario, 'i-1', { VCPU: 3 });
    const looksAmong = (others: number): number => {
      for (let place = 0; place < others; place += 1)
        hold(scenario, `other-${others}-${place}`, { VCPU: 1 }, DESTINATION);
      const instances = watched(scenario.ledger.instances);
      const message = {
        commandId: 'audit',
        issuedAt: 0,
        actor: AGENT,
        command: { origin: ORIGIN, ...report(scenario, SOURCE, 'i-1') },
      };
      const judgedAt = { number: scenario.events.length, at: scenario.now() };
      expect(decide({ ...scenario.ledger, instances }, message, judgedAt).kind).toBe('unchanged');
      return instances.looks;
    };
    expect(looksAmong(32)).toBe(looksAmong(2));
  });
});
