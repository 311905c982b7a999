import { describe, expect, it } from 'vitest';
import type { SideName } from '../ledger.ts';
import {
  AGENT,
  chargedOn,
  codeOf,
  OPERATOR,
  OTHER_AGENT,
  OTHER_SCHEDULER,
  SCHEDULER,
  type Scenario,
} from '../testing/scenario.ts';
import { advanceTo, claimMoveOf, DESTINATION, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';

const MOVE = { instance: 'i-1', moveId: 'move-1' } as const;
const AT_SOURCE = 'node-1 node-1-root VCPU';
const AT_DESTINATION = 'node-2 node-2-root VCPU';
const BOTH = { [AT_SOURCE]: 2, [AT_DESTINATION]: 3 };

const moving = (kind: Parameters<typeof claimMoveOf>[1], fields = {}): Scenario => {
  const scenario = withTwoNodes();
  hold(scenario, 'i-1', { VCPU: 2 });
  claimMoveOf(scenario, kind, fields);
  return scenario;
};

const claimOf = (scenario: Scenario) => {
  const instance = scenario.ledger.instances.get('i-1');
  return instance?.status === 'held' ? instance.claim : undefined;
};

const moveOf = (scenario: Scenario) => scenario.ledger.moves.get('move-1');

const dropSide = (scenario: Scenario, side: SideName) => {
  const state = moveOf(scenario)?.state ?? 'claimed';
  return { type: 'DropMoveClaim', ...MOVE, side, state } as const;
};

describe('a resize', () => {
  it('charges the destination from its claim on and keeps the source until it is confirmed', () => {
    const scenario = moving('resize');
    for (const to of ['prepared', 'running', 'switched', 'finished'] as const) {
      expect(chargedOn(scenario.ledger)).toEqual(BOTH);
      expect(claimOf(scenario)).toMatchObject({ node: to === 'finished' ? DESTINATION : SOURCE, claimId: 'claim-i-1' });
      scenario.given(OTHER_AGENT, { type: 'AdvanceMove', ...MOVE, to });
    }
    expect(scenario.ledger.nodes.get(SOURCE)?.claimCount).toBe(0);
    expect(scenario.ledger.sidesOn.get(SOURCE)).toEqual(new Set(['move-1']));
    expect(scenario.ask(AGENT, { type: 'ConfirmMove', ...MOVE })).toEqual({
      kind: 'accepted',
      events: [{ type: 'MoveConfirmed', schemaVersion: 1, data: { other: 'released' } }],
    });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
    expect(claimOf(scenario)).toMatchObject({ claimId: 'move-1', requestText: '{"resources":{"VCPU":3}}' });
    const old = { type: 'DropInstance', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
    expect(codeOf(scenario.ask(AGENT, old))).toBe('CLAIM_MISMATCH');
  });

  it('goes back to the source, with the claim it had, when it is reverted', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'finished');
    scenario.given(OTHER_AGENT, { type: 'RevertMove', ...MOVE });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
    expect(claimOf(scenario)).toMatchObject({ claimId: 'claim-i-1', node: SOURCE });
    expect(moveOf(scenario)).toMatchObject({ state: 'reverted', otherSide: 'destination', other: undefined });
  });

  it('frees nothing by a failure from switched on, and both sides stay until it is confirmed or reverted', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'switched');
    scenario.given(OTHER_AGENT, { type: 'FailMove', ...MOVE, reason: 'disk' });
    expect(chargedOn(scenario.ledger)).toEqual(BOTH);
    expect(moveOf(scenario)).toMatchObject({ state: 'switched', isError: true });
    expect(codeOf(scenario.ask(OTHER_AGENT, { type: 'CancelMove', ...MOVE }))).toBe('MOVE_STATE');
    scenario.given(OTHER_AGENT, { type: 'RevertMove', ...MOVE });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
  });

  it('needs a confirmed claim that is named rightly and no other open move', () => {
    const scenario = withTwoNodes();
    const ask = { type: 'ClaimMove', kind: 'cold', instance: 'i-1', source: SOURCE, destination: DESTINATION } as const;
    scenario.given(SCHEDULER, { type: 'ClaimInstance', node: SOURCE, instance: 'i-1', request: {} }, 'claim-1');
    expect(codeOf(scenario.ask(SCHEDULER, { ...ask, claimId: 'claim-1' }))).toBe('CLAIM_UNCONFIRMED');
    scenario.given(AGENT, { type: 'ConfirmClaim', node: SOURCE, instance: 'i-1', claimId: 'claim-1' });
    expect(codeOf(scenario.ask(SCHEDULER, { ...ask, claimId: 'claim-0' }))).toBe('CLAIM_MISMATCH');
    expect(codeOf(scenario.ask(AGENT, { ...ask, claimId: 'claim-1' }))).toBe('NOT_AUTHORISED');
    scenario.given(OTHER_AGENT, { ...ask, claimId: 'claim-1' }, 'move-1');
    expect(scenario.ask(SCHEDULER, { ...ask, claimId: 'claim-1' })).toMatchObject({
      rejection: { code: 'MOVE_OPEN', details: { moveId: 'move-1' } },
    });
  });
});

describe('the side that a move does not keep', () => {
  it('is releasing, counted in full, when somebody else than its agent closes the move', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'finished');
    expect(scenario.ask(SCHEDULER, { type: 'ConfirmMove', ...MOVE })).toMatchObject({
      events: [{ data: { other: 'releasing' } }],
    });
    expect(chargedOn(scenario.ledger)).toEqual(BOTH);
    expect(moveOf(scenario)?.other).toMatchObject({ state: 'releasing', requestedBy: SCHEDULER, node: SOURCE });
    expect(codeOf(scenario.ask(OTHER_AGENT, dropSide(scenario, 'source')))).toBe('unchanged');
    scenario.given(AGENT, dropSide(scenario, 'source'));
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
  });

  it('is freed by anybody while nothing can have begun there, as an unconfirmed claim is', () => {
    const scenario = moving('live');
    scenario.given(SCHEDULER, { type: 'CancelMove', ...MOVE });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
    expect(claimOf(scenario)?.claimId).toBe('claim-i-1');
  });

  it('is freed with the fence of its node, and keeps the node from being retired until then', () => {
    const scenario = moving('cold');
    advanceTo(scenario, 'cold', 'running');
    scenario.given(SCHEDULER, { type: 'CancelMove', ...MOVE });
    expect(scenario.ask(OPERATOR, { type: 'RetireNode', node: DESTINATION })).toMatchObject({
      rejection: { code: 'NODE_NOT_EMPTY', details: { count: 1, holders: [{ moveId: 'move-1', state: 'releasing' }] } },
    });
    scenario.given(OPERATOR, { type: 'MarkNodeDown', node: DESTINATION, reason: 'burnt', fenced: true });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
    expect(codeOf(scenario.ask(OPERATOR, { type: 'RetireNode', node: DESTINATION }))).toBe('accepted');
  });

  it('is refused to an agent that speaks for an incarnation that is over', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'finished');
    scenario.given(AGENT, { type: 'RegisterNode', node: SOURCE, bootId: 'boot-2' });
    expect(scenario.ask(AGENT, { type: 'ConfirmMove', ...MOVE, incarnation: 1 })).toMatchObject({
      rejection: { code: 'STALE_INCARNATION', details: { node: SOURCE, currentIncarnation: 2 } },
    });
    expect(codeOf(scenario.ask(AGENT, { type: 'ConfirmMove', ...MOVE, incarnation: 2 }))).toBe('accepted');
  });
});

describe('the id of a move', () => {
  const ask = { type: 'ClaimMove', kind: 'resize', instance: 'i-1', source: SOURCE, destination: SOURCE } as const;

  it('is none that the claim of its instance has, nor one of a move before', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 2 });
    const resize = { ...ask, claimId: 'claim-i-1' };
    expect(scenario.ask(SCHEDULER, resize, 'claim-i-1')).toMatchObject({
      rejection: { code: 'MOVE_ID_TAKEN', details: { moveId: 'claim-i-1', instance: 'i-1' } },
    });
    scenario.given(SCHEDULER, resize, 'move-1');
    scenario.given(OPERATOR, { type: 'CancelMove', ...MOVE });
    expect(codeOf(scenario.ask(SCHEDULER, resize, 'move-1'))).toBe('MOVE_ID_TAKEN');
    scenario.given(AGENT, { type: 'ShelveOffload', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' });
    const unshelve = { type: 'ClaimMove', kind: 'unshelve', instance: 'i-1', destination: SOURCE } as const;
    const request = { resources: { VCPU: 1 } };
    expect(codeOf(scenario.ask(SCHEDULER, { ...unshelve, request }, 'claim-i-1'))).toBe('MOVE_ID_TAKEN');
  });

  it('is that of no later claim', () => {
    const scenario = moving('resize');
    const claim = {
      type: 'ClaimInstance',
      node: SOURCE,
      instance: 'i-2',
      request: { resources: { VCPU: 1 } },
    } as const;
    expect(codeOf(scenario.ask(SCHEDULER, claim, 'move-1'))).toBe('MOVE_ID_TAKEN');
    expect(codeOf(scenario.ask(SCHEDULER, { ...claim, alternates: [DESTINATION] }, 'move-1'))).toBe('MOVE_ID_TAKEN');
    const charge = [{ provider: 'node-1-root', class: 'VCPU', amount: 1 }];
    const adopt = { type: 'AdoptInstance', node: SOURCE, instance: 'i-2', charge } as const;
    expect(codeOf(scenario.ask(OPERATOR, adopt, 'move-1'))).toBe('MOVE_ID_TAKEN');
  });
});

describe('an evacuation', () => {
  it('leaves the charge of its source behind until the next incarnation drops it', () => {
    const scenario = moving('evacuation');
    advanceTo(scenario, 'evacuation', 'completed');
    expect(chargedOn(scenario.ledger)).toEqual(BOTH);
    expect(moveOf(scenario)).toMatchObject({ state: 'completed', other: { state: 'left-behind', node: SOURCE } });
    expect(claimOf(scenario)).toMatchObject({ claimId: 'move-1', node: DESTINATION });
    scenario.given(AGENT, dropSide(scenario, 'source'));
    expect(moveOf(scenario)?.other?.state).toBe('releasing');
    scenario.given(OPERATOR, { type: 'EnableNode', node: SOURCE });
    expect(codeOf(scenario.ask(AGENT, dropSide(scenario, 'source')))).toBe('unchanged');
    expect(chargedOn(scenario.ledger)).toEqual(BOTH);
    scenario.given(AGENT, { type: 'RegisterNode', node: SOURCE, bootId: 'boot-2' });
    scenario.given(AGENT, dropSide(scenario, 'source'));
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
  });

  it.each(['claimed', 'running'] as const)(
    'while %s is not ended by a drop from its source, started anew or not',
    (to) => {
      const scenario = moving('evacuation');
      advanceTo(scenario, 'evacuation', to);
      const dropped = { type: 'DropInstance', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
      const refusal = {
        rejection: { code: 'MOVE_OPEN', details: { moveId: 'move-1', kind: 'evacuation', state: to } },
      };
      expect(scenario.ask(AGENT, dropped)).toMatchObject(refusal);
      scenario.given(AGENT, { type: 'RegisterNode', node: SOURCE, bootId: 'boot-2' });
      expect(scenario.ask(AGENT, { ...dropped, incarnation: 2 })).toMatchObject(refusal);
      advanceTo(scenario, 'evacuation', 'completed', to);
      expect(codeOf(scenario.ask(AGENT, { ...dropped, incarnation: 2 }))).toBe('CLAIM_MISMATCH');
      scenario.given(AGENT, dropSide(scenario, 'source'));
      expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
    },
  );

  it('is ended by whoever claimed the instance, and by an operator', () => {
    const scenario = moving('evacuation');
    scenario.given(SCHEDULER, { type: 'DropInstance', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' });
    expect(moveOf(scenario)).toMatchObject({ state: 'dropped', other: undefined });
  });

  it.each(['fence', 'force'])('lets its left-behind charge go by %s', (way) => {
    const scenario = moving('evacuation');
    advanceTo(scenario, 'evacuation', 'completed');
    if (way === 'fence') scenario.given(OPERATOR, { type: 'MarkNodeDown', node: SOURCE, reason: 'off', fenced: true });
    else scenario.given(OPERATOR, { type: 'ForceDrop', node: SOURCE, ...MOVE, reason: 'checked by hand' });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_DESTINATION]: 3 });
  });

  it('gives its source the charge back when it does not pass switched, and starts from a node that is down', () => {
    const scenario = moving('evacuation');
    advanceTo(scenario, 'evacuation', 'running');
    scenario.given(OTHER_AGENT, { type: 'FailMove', ...MOVE, reason: 'no image' });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
    expect(claimOf(scenario)).toMatchObject({ claimId: 'claim-i-1', node: SOURCE });
    scenario.given(OPERATOR, { type: 'EnableNode', node: SOURCE });
    const ask = { type: 'ClaimMove', instance: 'i-1', source: SOURCE, claimId: 'claim-i-1' } as const;
    const evacuate = { ...ask, kind: 'evacuation', destination: DESTINATION } as const;
    expect(codeOf(scenario.ask(SCHEDULER, evacuate))).toBe('SOURCE_NOT_DOWN');
    expect(codeOf(scenario.ask(SCHEDULER, { ...ask, kind: 'live', destination: SOURCE }))).toBe('SAME_NODE');
  });
});

describe('a move on one node', () => {
  const onSource = { destination: SOURCE } as const;

  it('alone can replace: between two nodes nothing is held together', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 2 });
    const cold = { type: 'ClaimMove', kind: 'cold', instance: 'i-1', source: SOURCE, claimId: 'claim-i-1' } as const;
    const replace = { ...cold, destination: DESTINATION, replace: true };
    expect(scenario.ask(SCHEDULER, replace)).toMatchObject({
      rejection: { code: 'REPLACE_NEEDS_SAME_NODE', details: { source: SOURCE, destination: DESTINATION } },
    });
    expect(codeOf(scenario.ask(SCHEDULER, { ...replace, replace: false }))).toBe('accepted');
  });

  it('holds old and new, and after its confirmation the new', () => {
    const scenario = moving('resize', onSource);
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 5 });
    for (const to of ['prepared', 'running', 'switched'] as const) {
      scenario.given(AGENT, { type: 'AdvanceMove', ...MOVE, to });
    }
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 5 });
    scenario.given(AGENT, { type: 'ConfirmMove', ...MOVE });
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 3 });
    expect(scenario.ledger.nodes.get(SOURCE)?.claimCount).toBe(1);
  });

  it.each([
    { vcpus: 6, during: 6, confirmed: 6 },
    { vcpus: 1, during: 2, confirmed: 1 },
  ])(
    'with replace holds the larger of 2 and $vcpus, cut to the new or back to the old',
    ({ vcpus, during, confirmed }) => {
      for (const isConfirmed of [true, false]) {
        const scenario = moving('resize', { ...onSource, replace: true, vcpus });
        expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: during });
        for (const to of ['prepared', 'running', 'switched', 'finished'] as const) {
          scenario.given(AGENT, { type: 'AdvanceMove', ...MOVE, to });
          expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: during });
        }
        scenario.given(AGENT, { type: isConfirmed ? 'ConfirmMove' : 'RevertMove', ...MOVE });
        expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: isConfirmed ? confirmed : 2 });
      }
    },
  );

  it('with replace leaves to be released what the claim does not cover, in full whatever becomes of the claim', () => {
    const scenario = moving('resize', { ...onSource, replace: true, vcpus: 1 });
    for (const to of ['prepared', 'running', 'switched'] as const) {
      scenario.given(AGENT, { type: 'AdvanceMove', ...MOVE, to });
    }
    scenario.given(OPERATOR, { type: 'ConfirmMove', ...MOVE });
    const beyond = [{ provider: `${SOURCE}-root`, class: 'VCPU', amount: 1 }];
    const left = { state: 'releasing', charge: beyond, counted: beyond };
    expect(scenario.ledger.moves.get('move-1')?.other).toMatchObject(left);
    scenario.given(AGENT, { type: 'DropInstance', node: SOURCE, instance: 'i-1', claimId: 'move-1' });
    expect(scenario.ledger.moves.get('move-1')?.other).toMatchObject(left);
    expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 1 });
  });

  it.each([
    { type: 'ConfirmMove', vcpus: 6, after: 6 },
    { type: 'RevertMove', vcpus: 1, after: 2 },
  ] as const)(
    'with replace has released its side, whoever closes it by $type, where the claim covers all of it',
    ({ type, vcpus, after }) => {
      const scenario = moving('resize', { ...onSource, replace: true, vcpus });
      for (const to of ['prepared', 'running', 'switched'] as const) {
        scenario.given(AGENT, { type: 'AdvanceMove', ...MOVE, to });
      }
      expect(scenario.ask(OPERATOR, { type, ...MOVE })).toMatchObject({ events: [{ data: { other: 'released' } }] });
      expect(moveOf(scenario)?.other).toBeUndefined();
      expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: after });
    },
  );

  it.each([
    { vcpus: 1, ask: { type: 'CancelMove', ...MOVE } },
    { vcpus: 1, ask: { type: 'FailMove', ...MOVE, reason: 'no room' } },
    { vcpus: 2, ask: { type: 'DropInstance', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } },
  ] as const)(
    'with replace leaves nothing to be released where $ask.type turns it back and the claim covers all of it',
    ({ vcpus, ask }) => {
      const scenario = moving('resize', { ...onSource, replace: true, vcpus });
      scenario.given(AGENT, { type: 'AdvanceMove', ...MOVE, to: 'prepared' });
      const other = { other: 'released' };
      const data = ask.type === 'DropInstance' ? { move: other } : other;
      expect(scenario.ask(SCHEDULER, ask)).toMatchObject({ events: [{ data }] });
      expect(moveOf(scenario)?.other).toBeUndefined();
      expect(chargedOn(scenario.ledger)).toEqual({ [AT_SOURCE]: 2 });
    },
  );

  it('with replace has to fit by its increase only, and keeps the units it has', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-2', { SLOT: 1 });
    hold(scenario, 'i-1', { VCPU: 6, SLOT: 2 });
    const ask = { type: 'ClaimMove', kind: 'resize', instance: 'i-1', source: SOURCE, claimId: 'claim-i-1' } as const;
    const resize = { ...ask, destination: SOURCE, request: { resources: { VCPU: 8, SLOT: 3 } } } as const;
    expect(codeOf(scenario.ask(SCHEDULER, resize))).toBe('NO_CAPACITY');
    expect(scenario.ask(SCHEDULER, { ...resize, replace: true }, 'move-1')).toMatchObject({
      events: [
        {
          data: {
            charge: [
              { class: 'SLOT', units: ['1', '2', '3'] },
              { class: 'VCPU', amount: 8 },
            ],
            counted: [
              { class: 'SLOT', amount: 1, units: ['3'] },
              { class: 'VCPU', amount: 2 },
            ],
          },
        },
      ],
    });
    scenario.given(AGENT, { type: 'CancelMove', ...MOVE });
    expect(scenario.ledger.nodes.get(SOURCE)?.tree.providers[0]?.inventories.map((each) => each.takenUnits)).toEqual([
      [],
      ['0', '1', '2'],
      [],
    ]);
  });
});

describe('DropMoveClaim', () => {
  it('never frees twice: a side that is gone is answered as recorded', () => {
    const scenario = moving('resize');
    advanceTo(scenario, 'resize', 'finished');
    scenario.given(SCHEDULER, { type: 'ConfirmMove', ...MOVE });
    scenario.given(AGENT, dropSide(scenario, 'source'));
    const sums = chargedOn(scenario.ledger);
    for (let time = 0; time < 3; time += 1) {
      expect(scenario.ask(AGENT, dropSide(scenario, 'source'))).toEqual({
        kind: 'unchanged',
        result: { type: 'DropMoveClaim', ...MOVE, state: 'confirmed', other: 'released' },
      });
    }
    expect(chargedOn(scenario.ledger)).toEqual(sums);
  });

  it('has to name instance, move, side and state, and is told what would be legal', () => {
    const scenario = moving('resize');
    const ask = { type: 'DropMoveClaim', ...MOVE, side: 'source', state: 'confirmed' } as const;
    expect(scenario.ask(AGENT, ask)).toMatchObject({
      rejection: {
        code: 'MOVE_STATE',
        details: { state: 'claimed', legal: ['AdvanceMove', 'FailMove', 'CancelMove'] },
      },
    });
    advanceTo(scenario, 'resize', 'finished');
    scenario.given(SCHEDULER, { type: 'ConfirmMove', ...MOVE });
    const sums = chargedOn(scenario.ledger);
    expect(codeOf(scenario.ask(AGENT, { ...ask, instance: 'i-2' }))).toBe('MOVE_MISMATCH');
    expect(codeOf(scenario.ask(AGENT, { ...ask, moveId: 'move-2' }))).toBe('MOVE_NOT_FOUND');
    expect(codeOf(scenario.ask(AGENT, { ...ask, state: 'reverted' }))).toBe('MOVE_STATE');
    expect(scenario.ask(OTHER_AGENT, { ...ask, side: 'destination' })).toMatchObject({
      rejection: { code: 'MOVE_STATE', details: { side: 'source', legal: ['DropMoveClaim'] } },
    });
    expect(codeOf(scenario.ask(OTHER_SCHEDULER, ask))).toBe('NOT_AUTHORISED');
    expect(chargedOn(scenario.ledger)).toEqual(sums);
  });
});
