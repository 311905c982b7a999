import { describe, expect, it } from 'vitest';
import { stateOf } from '../testing/invariants.ts';
import {
  AGENT,
  type Ask,
  chargedOn,
  codeOf,
  OPERATOR,
  OTHER_AGENT,
  SCHEDULER,
  type Scenario,
} from '../testing/scenario.ts';
import { advanceTo, claimMoveOf, DESTINATION, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';

/**
 * Known defects of the reference tracker, by their numbers. Each test says what the reference does (left) and what
 * the ledger does instead (asserted).
 */

const MOVE = { instance: 'i-1', moveId: 'move-1' } as const;
const NAMED = { node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
const AT_SOURCE = 'node-1 node-1-root VCPU';
const AT_DESTINATION = 'node-2 node-2-root VCPU';
const BOTH = { [AT_SOURCE]: 2, [AT_DESTINATION]: 3 };

const holding = (resources: Readonly<Record<string, number>> = { VCPU: 2 }): Scenario => {
  const scenario = withTwoNodes();
  hold(scenario, 'i-1', resources);
  return scenario;
};

const moving = (kind: Parameters<typeof claimMoveOf>[1], fields = {}): Scenario => {
  const scenario = holding();
  claimMoveOf(scenario, kind, fields);
  return scenario;
};

describe('a claim', () => {
  it('D1: asked for twice books other units than it holds → is answered with the units it holds', () => {
    const scenario = withTwoNodes();
    const claim = {
      type: 'ClaimInstance',
      node: SOURCE,
      instance: 'i-1',
      request: { resources: { SLOT: 2 } },
    } as const;
    scenario.given(SCHEDULER, claim, 'claim-i-1');
    const held = stateOf(scenario.ledger);
    expect(scenario.ask(SCHEDULER, claim)).toMatchObject({
      kind: 'unchanged',
      result: { claimId: 'claim-i-1', charge: [{ units: ['0', '1'] }] },
    });
    expect(stateOf(scenario.ledger)).toEqual(held);
    scenario.given(AGENT, { type: 'DropInstance', ...NAMED });
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('D2: refused half-way leaves its first half charged → a refusal leaves every record as it was', () => {
    const scenario = withTwoNodes();
    const before = stateOf(scenario.ledger);
    const request = { resources: { VCPU: 2, SLOT: 5 } };
    expect(codeOf(scenario.ask(SCHEDULER, { type: 'ClaimInstance', node: SOURCE, instance: 'i-1', request }))).toBe(
      'NO_CAPACITY',
    );
    expect(stateOf(scenario.ledger)).toEqual(before);
  });

  it('D6: aborted twice is charged by the second abort → the second is refused and charges nothing', () => {
    const scenario = withTwoNodes();
    const request = { resources: { VCPU: 1, MEMORY_MB: 128 } };
    scenario.given(SCHEDULER, { type: 'ClaimInstance', node: SOURCE, instance: 'i-1', request }, 'claim-i-1');
    scenario.given(AGENT, { type: 'AbortClaim', ...NAMED });
    expect(codeOf(scenario.ask(AGENT, { type: 'AbortClaim', ...NAMED }))).toBe('CLAIM_NOT_FOUND');
    expect(chargedOn(scenario.ledger)).toEqual({});
  });

  it('D7: on a disabled node is refused with the literal word "nodename" → with the name of the node', () => {
    const scenario = holding();
    scenario.given(OPERATOR, { type: 'DisableNode', node: DESTINATION, reason: 'service' });
    const ask = { type: 'ClaimMove', kind: 'cold', instance: 'i-1', source: SOURCE, claimId: 'claim-i-1' } as const;
    expect(scenario.ask(SCHEDULER, { ...ask, destination: DESTINATION })).toMatchObject({
      rejection: { code: 'NODE_DISABLED', details: { node: DESTINATION, reason: 'service' } },
    });
  });
});

describe('a move', () => {
  it('D8: refused leaves its migration "pre-migrating" to this host → leaves no move at all', () => {
    const scenario = holding();
    const before = stateOf(scenario.ledger);
    const ask = { type: 'ClaimMove', kind: 'resize', instance: 'i-1', source: SOURCE, claimId: 'claim-i-1' } as const;
    const tooLarge = { ...ask, destination: DESTINATION, request: { resources: { VCPU: 9 } } } as const;
    expect(codeOf(scenario.ask(SCHEDULER, tooLarge))).toBe('NO_CAPACITY');
    expect(stateOf(scenario.ledger)).toEqual(before);
    expect(scenario.ledger.moves.size).toBe(0);
  });

  it('D11: on one host, its end untracks the instance so that a delete frees nothing → 1/128/1 stay → 0', () => {
    for (const end of ['CancelMove', 'ConfirmMove', 'RevertMove'] as const) {
      const scenario = moving('resize', { destination: SOURCE });
      if (end !== 'CancelMove') {
        for (const to of ['prepared', 'running', 'switched'] as const) {
          scenario.given(AGENT, { type: 'AdvanceMove', ...MOVE, to });
        }
      }
      scenario.given(AGENT, { type: end, ...MOVE });
      const claimId = end === 'ConfirmMove' ? 'move-1' : 'claim-i-1';
      scenario.given(AGENT, { type: 'DropInstance', ...NAMED, claimId });
      expect(chargedOn(scenario.ledger), end).toEqual({});
    }
  });

  it('D12, D20: is unknown at its destination until the next audit, so a delete frees nothing → frees at once', () => {
    for (const kind of ['live', 'evacuation'] as const) {
      const scenario = moving(kind);
      advanceTo(scenario, kind, 'completed');
      scenario.given(OTHER_AGENT, { type: 'DropInstance', ...NAMED, node: DESTINATION, claimId: 'move-1' });
      expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
    }
  });

  it('D13: charges the destination with the old flavor for a while (1/128/1 for 2/256/5) → always with the new', () => {
    const scenario = moving('resize');
    for (const to of ['prepared', 'running', 'switched', 'finished'] as const) {
      scenario.given(OTHER_AGENT, { type: 'AdvanceMove', ...MOVE, to });
      expect(chargedOn(scenario.ledger), to).toEqual(BOTH);
    }
  });

  it('D14: whose host restarts midway leaves charges on the wrong owners → stays where it was, to be closed', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'running');
    scenario.given(AGENT, { type: 'RegisterNode', node: SOURCE, bootId: 'boot-2' });
    scenario.given(OTHER_AGENT, { type: 'RegisterNode', node: DESTINATION, bootId: 'boot-2' });
    expect(chargedOn(scenario.ledger)).toEqual(BOTH);
    expect(scenario.ledger.instances.get('i-1')).toMatchObject({ moveId: 'move-1', claim: { node: SOURCE } });
    scenario.given(OTHER_AGENT, { type: 'FailMove', ...MOVE, reason: 'restarted' });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
  });

  it('D15: on one host is refused though the new alone would fit → fits with replace, by its increase', () => {
    const scenario = holding({ VCPU: 6 });
    const ask = { type: 'ClaimMove', kind: 'resize', instance: 'i-1', source: SOURCE, claimId: 'claim-i-1' } as const;
    const resize = { ...ask, destination: SOURCE, request: { resources: { VCPU: 7 } } } as const;
    expect(codeOf(scenario.ask(SCHEDULER, resize))).toBe('NO_CAPACITY');
    expect(codeOf(scenario.ask(SCHEDULER, { ...resize, replace: true }))).toBe('accepted');
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 7 });
  });

  it('D17: live, charges nothing at its destination before the guest arrives → before anything moves', () => {
    const scenario = moving('live');
    expect(chargedOn(scenario.ledger)).toEqual(BOTH);
    const claim = { type: 'ClaimInstance', node: DESTINATION, instance: 'i-2' } as const;
    expect(codeOf(scenario.ask(SCHEDULER, { ...claim, request: { resources: { VCPU: 6 } } }))).toBe('NO_CAPACITY');
  });

  it('D18: rolled back shows the units of one host on the other → each side has its own, before and after', () => {
    const scenario = holding({ SLOT: 2 });
    hold(scenario, 'i-2', { SLOT: 2 }, DESTINATION);
    const ask = { type: 'ClaimMove', kind: 'live', instance: 'i-1', source: SOURCE, claimId: 'claim-i-1' } as const;
    scenario.given(SCHEDULER, { ...ask, destination: DESTINATION }, 'move-1');
    expect(scenario.ledger.moves.get('move-1')?.other?.charge).toMatchObject([{ units: ['2', '3'] }]);
    advanceTo(scenario, 'live', 'running');
    scenario.given(OTHER_AGENT, { type: 'CancelMove', ...MOVE });
    expect(scenario.ledger.instances.get('i-1')).toMatchObject({ claim: { charge: [{ units: ['0', '1'] }] } });
    const taken = [SOURCE, DESTINATION].map((node) =>
      scenario.ledger.nodes.get(node)?.tree.providers[0]?.inventories.find((each) => each.class === 'SLOT'),
    );
    expect(taken.map((inventory) => inventory?.takenUnits)).toEqual([
      ['0', '1'],
      ['0', '1'],
    ]);
  });

  it('D19: of an instance in error loses its charge at the destination (2/256/5 → 0) → no state changes it', () => {
    const scenario = moving('evacuation');
    advanceTo(scenario, 'evacuation', 'running');
    const state = { vm: 'error' } as const;
    scenario.ask(AGENT, { type: 'ReportInstanceState', ...NAMED, state });
    expect(chargedOn(scenario.ledger)).toEqual(BOTH);
  });

  it('D41: cold, on one host, charges the new side twice → once', () => {
    const scenario = holding({ SLOT: 2 });
    const ask = { type: 'ClaimMove', kind: 'cold', instance: 'i-1', source: SOURCE, claimId: 'claim-i-1' } as const;
    scenario.given(SCHEDULER, { ...ask, destination: SOURCE }, 'move-1');
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 node-1-root SLOT': 4 });
    for (const to of ['prepared', 'running', 'switched', 'finished'] as const) {
      scenario.given(AGENT, { type: 'AdvanceMove', ...MOVE, to });
    }
    scenario.given(AGENT, { type: 'ConfirmMove', ...MOVE });
    expect(scenario.ledger.instances.get('i-1')).toMatchObject({ claim: { charge: [{ units: ['2', '3'] }] } });
    expect(chargedOn(scenario.ledger)).toEqual({ 'node-1 node-1-root SLOT': 2 });
  });
});

describe('the drop of a move’s claim', () => {
  it('D21: repeated, or without any claim, subtracts again (−2/−256/−5, −4/−512/−10) → frees nothing more', () => {
    const scenario = holding();
    const drop = { type: 'DropMoveClaim', ...MOVE, side: 'source', state: 'confirmed' } as const;
    expect(codeOf(scenario.ask(AGENT, drop))).toBe('MOVE_NOT_FOUND');
    claimMoveOf(scenario, 'resize');
    advanceTo(scenario, 'resize', 'finished');
    scenario.given(AGENT, { type: 'ConfirmMove', ...MOVE });
    for (let time = 0; time < 3; time += 1) {
      expect(codeOf(scenario.ask(AGENT, drop))).toBe('unchanged');
      expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
    }
  });

  it('D22: frees the new side whatever side it was asked for → refuses the side that is not left', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'finished');
    scenario.given(SCHEDULER, { type: 'ConfirmMove', ...MOVE });
    const drop = { type: 'DropMoveClaim', ...MOVE, state: 'confirmed' } as const;
    expect(codeOf(scenario.ask(OTHER_AGENT, { ...drop, side: 'destination' }))).toBe('MOVE_STATE');
    expect(chargedOn(scenario.ledger)).toEqual(BOTH);
    scenario.given(AGENT, { ...drop, side: 'source' });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
  });

  it('D23: by an old owner frees what another owns by now → frees nothing of its successor', () => {
    const scenario = holding({ SLOT: 4 });
    scenario.given(AGENT, { type: 'DropInstance', ...NAMED });
    hold(scenario, 'i-2', { SLOT: 4 });
    const before = stateOf(scenario.ledger);
    const late: readonly Ask[] = [
      { type: 'DropInstance', ...NAMED },
      { type: 'DropInstance', ...NAMED, instance: 'i-2' },
      { type: 'AbortClaim', ...NAMED, instance: 'i-2' },
    ];
    expect(late.map((ask) => codeOf(scenario.ask(AGENT, ask)))).toEqual([
      'INSTANCE_ENDED',
      'CLAIM_MISMATCH',
      'CLAIM_MISMATCH',
    ]);
    expect(stateOf(scenario.ledger)).toEqual(before);
  });

  it('D24, D25: saves the status first and stops in a mixture → status and release are one event or none', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'finished');
    const decision = scenario.ask(AGENT, { type: 'ConfirmMove', ...MOVE });
    expect(decision.kind === 'accepted' ? decision.events.length : 0).toBe(1);
    expect(scenario.ledger.moves.get('move-1')).toMatchObject({ state: 'confirmed', other: undefined });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
  });

  it('D26: races with confirm, revert and audit → whoever is second is told where the move stands', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'finished');
    scenario.given(OTHER_AGENT, { type: 'RevertMove', ...MOVE });
    expect(scenario.ask(AGENT, { type: 'ConfirmMove', ...MOVE })).toMatchObject({
      rejection: { code: 'MOVE_STATE', details: { state: 'reverted', legal: [] } },
    });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
  });
});

it('D32: an audit of one node empties what is known of another → events of one node change no other', () => {
  const scenario = holding();
  const other = scenario.ledger.nodes.get(SOURCE);
  hold(scenario, 'i-2', { VCPU: 1 }, DESTINATION);
  scenario.given(OTHER_AGENT, { type: 'RegisterNode', node: DESTINATION, bootId: 'boot-2' });
  expect(scenario.ledger.nodes.get(SOURCE)).toBe(other);
  scenario.given(AGENT, { type: 'DropInstance', ...NAMED });
  expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 1 });
});
