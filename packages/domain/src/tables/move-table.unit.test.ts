import { describe, expect, it } from 'vitest';
import { canonicalRecords } from '../canonical.ts';
import { CLOSED_MOVE_STATES, MOVE_KINDS, type MoveKind, type MoveState, OPEN_MOVE_STATES } from '../move.ts';
import { AGENT, type Ask, codeOf, OPERATOR, OTHER_AGENT } from '../testing/scenario.ts';
import { bringTo, claimMoveOf, hold, withTwoNodes } from '../testing/two-nodes.ts';
import { legalCommands, MOVE_TABLES, type MoveCommandType } from './move-table.ts';

const STATES: readonly MoveState[] = [...OPEN_MOVE_STATES, ...CLOSED_MOVE_STATES];

const TYPES: readonly MoveCommandType[] = [
  'AdvanceMove',
  'ConfirmMove',
  'RevertMove',
  'FailMove',
  'CancelMove',
  'DropMoveClaim',
];

const inState = (kind: MoveKind, state: MoveState) => {
  const scenario = withTwoNodes();
  hold(scenario, 'i-1', { VCPU: 2 });
  claimMoveOf(scenario, kind);
  return bringTo(scenario, kind, state) ? scenario : undefined;
};

const NEXT: Readonly<Record<MoveKind, Readonly<Partial<Record<MoveState, MoveState>>>>> = {
  resize: { claimed: 'prepared', prepared: 'running', running: 'switched', switched: 'finished' },
  cold: { claimed: 'prepared', prepared: 'running', running: 'switched', switched: 'finished' },
  live: { claimed: 'prepared', prepared: 'running', running: 'switched', switched: 'completed' },
  evacuation: { claimed: 'running', running: 'switched', switched: 'completed' },
  unshelve: { claimed: 'running', running: 'completed' },
};

const bodyOf = (type: MoveCommandType, kind: MoveKind, state: MoveState, side: 'source' | 'destination'): Ask => {
  const named = { instance: 'i-1', moveId: 'move-1' } as const;
  switch (type) {
    case 'AdvanceMove': {
      const next = NEXT[kind][state];
      const isAim = next !== undefined && next !== 'claimed' && next !== 'confirmed' && next !== 'reverted';
      const to = isAim && next !== 'cancelled' && next !== 'failed' && next !== 'dropped' ? next : 'completed';
      return { type, ...named, to };
    }
    case 'FailMove':
      return { type, ...named, reason: 'test' };
    case 'DropMoveClaim':
      return { type, ...named, side, state };
    default:
      return { type, ...named };
  }
};

const CELLS = MOVE_KINDS.flatMap((kind) =>
  STATES.flatMap((state) => TYPES.map((type) => ({ kind, state, type, transition: MOVE_TABLES[kind][state][type] }))),
);

describe('the tables of moves', () => {
  it('are as the kinds pass through their states', () => {
    for (const kind of MOVE_KINDS) {
      for (const state of OPEN_MOVE_STATES) {
        const advance = MOVE_TABLES[kind][state].AdvanceMove;
        expect(advance.kind === 'reach' ? advance.state : undefined, `${kind} ${state}`).toBe(NEXT[kind][state]);
      }
    }
  });

  it('lead from a closed state nowhere else', () => {
    for (const { kind, state, type, transition } of CELLS) {
      const isClosed = CLOSED_MOVE_STATES.some((closed) => closed === state);
      if (isClosed && transition.kind === 'reach') expect(transition.state, `${kind} ${state} ${type}`).toBe(state);
    }
  });

  it.each(CELLS)('$kind $state × $type is decided as the table says', ({ kind, state, type, transition }) => {
    const scenario = inState(kind, state);
    if (scenario === undefined) {
      // No move of this kind gets into this state: an open one takes no command, a closed one is as in other kinds.
      if (OPEN_MOVE_STATES.some((open) => open === state)) expect(transition.kind).toBe('refuse');
      return;
    }
    const move = scenario.ledger.moves.get('move-1');
    if (move === undefined) throw new Error('no move');
    const before = [...canonicalRecords(scenario.ledger)];
    const actor = type === 'AdvanceMove' ? OTHER_AGENT : OPERATOR;
    const decision = scenario.ask(actor, bodyOf(type, kind, state, move.otherSide));
    const after = scenario.ledger.moves.get('move-1');
    if (transition.kind === 'refuse') {
      expect(decision).toMatchObject({
        rejection: { code: transition.code, details: { moveId: 'move-1', state, legal: legalCommands(move) } },
      });
      expect([...canonicalRecords(scenario.ledger)]).toEqual(before);
      return;
    }
    const isLeft = move.other !== undefined && move.other.state !== 'releasing';
    const isChange = type === 'DropMoveClaim' ? isLeft : transition.kind === 'reach';
    expect(decision.kind).toBe(isChange ? 'accepted' : 'unchanged');
    expect(after?.state).toBe(transition.kind === 'reach' ? transition.state : state);
  });

  it.each(MOVE_KINDS)('%s: nobody but those the permissions name may take a step', (kind) => {
    const scenario = inState(kind, 'claimed');
    if (scenario === undefined) throw new Error('no move');
    const stranger = { role: 'agent', id: 'agent-9' } as const;
    const other = { role: 'scheduler', id: 'scheduler-9' } as const;
    for (const type of TYPES) {
      const body = bodyOf(type, kind, 'claimed', 'destination');
      expect(codeOf(scenario.ask(stranger, body)), type).toBe('NOT_AUTHORISED');
      expect(codeOf(scenario.ask(other, body)), type).toBe('NOT_AUTHORISED');
      if (kind === 'evacuation' && type !== 'DropMoveClaim') {
        expect(codeOf(scenario.ask(AGENT, body)), type).toBe('NOT_AUTHORISED');
      }
    }
  });
});
