import type { CommandType } from '../command.ts';
import type { Move, MoveKind, MoveState, SideName } from '../ledger.ts';
import { reach, refuse, type StateTable, type Transition, UNCHANGED } from './transition.ts';

export type MoveCommandType = Extract<
  CommandType,
  'AdvanceMove' | 'ConfirmMove' | 'RevertMove' | 'FailMove' | 'CancelMove' | 'DropMoveClaim'
>;

/** `unchanged` answers a repeat with what is recorded. */
export type MoveTable = StateTable<MoveState, MoveCommandType>;

type Row = MoveTable[MoveState];

const ILLEGAL = refuse('MOVE_STATE');

const row = (legal: Partial<Row>): Row => ({
  AdvanceMove: ILLEGAL,
  ConfirmMove: ILLEGAL,
  RevertMove: ILLEGAL,
  FailMove: ILLEGAL,
  CancelMove: ILLEGAL,
  DropMoveClaim: ILLEGAL,
  ...legal,
});

/** Nothing has run at the destination, or it can be stopped there: the move can be given up. */
const before = (next: MoveState, more: Partial<Row> = {}): Row =>
  row({ AdvanceMove: reach(next), CancelMove: reach('cancelled'), FailMove: reach('failed'), ...more });

const UNREACHED = row({});

/** A closed move answers repeats of what closed it, and lets go of the side it left charged. */
const CLOSED = {
  confirmed: row({ ConfirmMove: UNCHANGED, DropMoveClaim: reach('confirmed') }),
  reverted: row({ RevertMove: UNCHANGED, DropMoveClaim: reach('reverted') }),
  completed: row({ AdvanceMove: UNCHANGED, ConfirmMove: UNCHANGED, DropMoveClaim: reach('completed') }),
  cancelled: row({ CancelMove: UNCHANGED, DropMoveClaim: reach('cancelled') }),
  failed: row({ FailMove: UNCHANGED, DropMoveClaim: reach('failed') }),
  dropped: row({ DropMoveClaim: reach('dropped') }),
} as const;

/** FailMove from `switched` on keeps the state and marks the error. */
const TWO_STEP: MoveTable = {
  claimed: before('prepared'),
  prepared: before('running'),
  running: before('switched'),
  switched: row({
    AdvanceMove: reach('finished'),
    ConfirmMove: reach('confirmed'),
    RevertMove: reach('reverted'),
    FailMove: reach('switched'),
  }),
  finished: row({ ConfirmMove: reach('confirmed'), RevertMove: reach('reverted'), FailMove: reach('finished') }),
  ...CLOSED,
};

const COMPLETES: Row = row({
  AdvanceMove: reach('completed'),
  ConfirmMove: reach('completed'),
  FailMove: reach('switched'),
});

/** One table per kind: every state × every command. AdvanceMove names the state it means to reach. */
export const MOVE_TABLES: Readonly<Record<MoveKind, MoveTable>> = {
  resize: TWO_STEP,
  cold: TWO_STEP,
  live: {
    claimed: before('prepared'),
    prepared: before('running'),
    running: before('switched'),
    switched: COMPLETES,
    finished: UNREACHED,
    ...CLOSED,
  },
  evacuation: {
    claimed: before('running'),
    prepared: UNREACHED,
    running: before('switched'),
    switched: COMPLETES,
    finished: UNREACHED,
    ...CLOSED,
  },
  unshelve: {
    claimed: before('running'),
    prepared: UNREACHED,
    running: before('completed', { ConfirmMove: reach('completed') }),
    switched: UNREACHED,
    finished: UNREACHED,
    ...CLOSED,
  },
};

type SideTable = Readonly<Record<MoveCommandType, readonly SideName[]>>;

const BOTH = ['source', 'destination'] as const;

const EITHER_AGENT: SideTable = {
  AdvanceMove: BOTH,
  ConfirmMove: BOTH,
  RevertMove: BOTH,
  FailMove: BOTH,
  CancelMove: BOTH,
  DropMoveClaim: BOTH,
};

/** A source that is down, or that there is none of, has no say before its charge is left behind. */
const DESTINATION_AGENT: SideTable = {
  AdvanceMove: ['destination'],
  ConfirmMove: ['destination'],
  RevertMove: ['destination'],
  FailMove: ['destination'],
  CancelMove: ['destination'],
  DropMoveClaim: BOTH,
};

/** Kind × command: the sides whose node's agent may send it. */
export const MOVE_SIDES: Readonly<Record<MoveKind, SideTable>> = {
  resize: EITHER_AGENT,
  cold: EITHER_AGENT,
  live: EITHER_AGENT,
  evacuation: DESTINATION_AGENT,
  unshelve: DESTINATION_AGENT,
};

const COMMANDS = ['AdvanceMove', 'ConfirmMove', 'RevertMove', 'FailMove', 'CancelMove', 'DropMoveClaim'] as const;

const isClosed = (state: MoveState): state is keyof typeof CLOSED => state in CLOSED;

export const isOpen = (move: Pick<Move, 'state'>): boolean => !isClosed(move.state);

export const transitionOf = (move: Pick<Move, 'kind' | 'state'>, type: MoveCommandType): Transition<MoveState> =>
  MOVE_TABLES[move.kind][move.state][type];

/** The commands that would change a move as it stands. */
export const legalCommands = (move: Pick<Move, 'kind' | 'state' | 'other'>): readonly MoveCommandType[] =>
  COMMANDS.filter(
    (type) => transitionOf(move, type).kind === 'reach' && (type !== 'DropMoveClaim' || move.other !== undefined),
  );
