import { describe, expect, it } from 'vitest';
import { dueDecisions } from '../decide/due.ts';
import type { EventType } from '../event.ts';
import type { MoveKind, MoveState } from '../move.ts';
import { AGENT, OPERATOR, OTHER_AGENT, type Scenario } from '../testing/scenario.ts';
import { bringTo, claimMoveOf, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';
import { claimStateOf } from './claim-table.ts';
import { CLAIM_CONSEQUENCES, MOVE_CONSEQUENCES } from './consequences.ts';

const NAMED = { node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
const MOVE = { instance: 'i-1', moveId: 'move-1' } as const;
const WINDOW_MS = 5_000;

const held = (): Scenario => {
  const scenario = withTwoNodes();
  hold(scenario, 'i-1', { VCPU: 2 });
  return scenario;
};

const moved = (kind: MoveKind, state: MoveState = 'claimed'): Scenario => {
  const scenario = held();
  claimMoveOf(scenario, kind);
  if (!bringTo(scenario, kind, state)) throw new Error(`no ${kind} gets ${state}`);
  return scenario;
};

const reportNoGuests = (scenario: Scenario): void => {
  const takenAt = scenario.events.length;
  const report = { incarnation: 1, complete: true, takenAt, guests: [] };
  scenario.given(AGENT, { type: 'ReportGuests', node: SOURCE, ...report });
};

const releasing = (type: 'DropInstance' | 'ShelveOffload'): Scenario => {
  const scenario = held();
  scenario.given(OPERATOR, { type, ...NAMED });
  return scenario;
};

const fence = (scenario: Scenario): void => {
  scenario.given(OPERATOR, { type: 'MarkNodeDown', node: SOURCE, reason: 'power', fenced: true });
};

const heal = (scenario: Scenario, policy: 'heal-safe' | 'heal-all'): void => {
  scenario.given(OPERATOR, { type: 'SetDriftPolicy', node: SOURCE, policy });
};

const due = (scenario: Scenario): void => {
  scenario.pass(WINDOW_MS);
  scenario.record(dueDecisions(scenario.ledger, scenario.now(), 0));
};

const withWindow = (scenario: Scenario): Scenario => {
  const { cell } = scenario.ledger;
  if (cell !== undefined) {
    scenario.ledger.cell = { ...cell, policies: { ...cell.policies, autoConfirmAfterMs: WINDOW_MS } };
  }
  return scenario;
};

type Walk = readonly [start: () => Scenario, go: (scenario: Scenario) => void];

const unknownGuest: Walk = [
  () => {
    const scenario = withTwoNodes();
    heal(scenario, 'heal-all');
    return scenario;
  },
  (scenario) => {
    const charge = [{ provider: `${SOURCE}-root`, class: 'VCPU', amount: 1 }];
    const report = { incarnation: 1, complete: true, takenAt: 0, guests: [{ instance: 'i-1', charge }] };
    scenario.given(AGENT, { type: 'ReportGuests', node: SOURCE, ...report });
  },
];

const missingGuest: Walk = [
  () => {
    const scenario = held();
    heal(scenario, 'heal-all');
    reportNoGuests(scenario);
    scenario.pass(60_000);
    return scenario;
  },
  reportNoGuests,
];

const healed = (type: 'DropInstance' | 'ShelveOffload'): Walk => [
  () => {
    const scenario = releasing(type);
    heal(scenario, 'heal-safe');
    return scenario;
  },
  reportNoGuests,
];

const expired: Walk = [
  () => {
    const scenario = withTwoNodes();
    const request = { resources: { VCPU: 1 } };
    scenario.given(AGENT, { type: 'ClaimInstance', node: SOURCE, instance: 'i-1', request, ttlMs: 1_000 });
    return scenario;
  },
  due,
];

const close =
  (type: 'ConfirmMove' | 'RevertMove' | 'CancelMove') =>
  (scenario: Scenario): void => {
    scenario.given(OTHER_AGENT, { type, ...MOVE });
  };

const fail = (scenario: Scenario): void => {
  scenario.given(OTHER_AGENT, { type: 'FailMove', ...MOVE, reason: 'test' });
};

const askToDrop = (scenario: Scenario): void => {
  scenario.given(OPERATOR, { type: 'DropInstance', ...NAMED });
};

/** A way to each consequence of the table of claims, by `from to event`. */
const WALKS: Readonly<Record<string, Walk>> = {
  'none confirmed DriftHealed': unknownGuest,
  'unconfirmed none ClaimExpired': expired,
  'confirmed releasing DropRequested': [held, askToDrop],
  'confirmed ended DriftHealed': missingGuest,
  'moving confirmed MoveCompleted': [() => moved('live', 'switched'), close('ConfirmMove')],
  'moving confirmed MoveConfirmed': [() => moved('cold', 'finished'), close('ConfirmMove')],
  'moving confirmed MoveAutoConfirmed': [() => withWindow(moved('cold', 'finished')), due],
  'moving confirmed MoveReverted': [() => moved('resize', 'switched'), close('RevertMove')],
  'moving confirmed MoveCancelled': [() => moved('live'), close('CancelMove')],
  'moving confirmed MoveFailed': [() => moved('evacuation', 'running'), fail],
  'moving releasing DropRequested': [() => moved('resize'), askToDrop],
  'releasing ended NodeMarkedDown': [() => releasing('DropInstance'), fence],
  'releasing ended DriftHealed': healed('DropInstance'),
  'releasing offloaded NodeMarkedDown': [() => releasing('ShelveOffload'), fence],
  'releasing offloaded DriftHealed': healed('ShelveOffload'),
  'unshelving confirmed MoveCompleted': [() => moved('unshelve', 'running'), close('ConfirmMove')],
  'unshelving offloaded MoveCancelled': [() => moved('unshelve'), close('CancelMove')],
  'unshelving offloaded MoveFailed': [() => moved('unshelve', 'running'), fail],
};

const stateOf = (scenario: Scenario): string => claimStateOf(scenario.ledger.instances.get('i-1'));

const lastType = (scenario: Scenario): EventType | undefined => scenario.events.at(-1)?.type;

describe('the consequences for claims', () => {
  it('are all of them walked', () => {
    const listed = CLAIM_CONSEQUENCES.flatMap(({ from, to, by }) => by.map((type) => `${from} ${to} ${type}`));
    expect(Object.keys(WALKS)).toEqual(listed);
  });

  it.each(Object.entries(WALKS))('%s', (name, [start, go]) => {
    const scenario = start();
    const from = stateOf(scenario);
    go(scenario);
    expect(`${from} ${stateOf(scenario)} ${lastType(scenario)}`).toBe(name);
  });
});

/** The ways to end the instance of a move where it runs: by the agent there, by others, by force. */
const DROPS: readonly ((scenario: Scenario, node: string) => void)[] = [
  (scenario, node) => scenario.given(node === SOURCE ? AGENT : OTHER_AGENT, { type: 'DropInstance', ...NAMED, node }),
  (scenario, node) => scenario.given(OPERATOR, { type: 'DropInstance', ...NAMED, node }),
  (scenario, node) => scenario.given(OPERATOR, { type: 'ForceDrop', ...NAMED, node, reason: 'test' }),
];

describe('the consequences for moves', () => {
  it.each(MOVE_CONSEQUENCES)('$from $to $by', ({ from, to, by }) => {
    const types = (by[0] === 'MoveAutoConfirmed' ? [due] : DROPS).map((go) => {
      const scenario = withWindow(moved('resize', from));
      const instance = scenario.ledger.instances.get('i-1');
      if (instance?.status !== 'held') throw new Error('nobody holds the instance');
      go(scenario, instance.claim.node);
      expect(scenario.ledger.moves.get('move-1')?.state).toBe(to);
      return lastType(scenario);
    });
    expect(types).toEqual(by);
  });
});
