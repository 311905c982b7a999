import { choiceFlag, READ_FLAGS, REQUEST_FLAGS, switchFlag, textFlag, WRITE_FLAGS, wholeFlag } from '../flags.ts';
import type { Flag, Verb } from '../verb.ts';

const MOVE = [{ name: 'MOVE' }];
const KINDS = ['resize', 'cold', 'live', 'evacuation', 'unshelve'];
const CLOSED = ['confirmed', 'reverted', 'completed', 'cancelled', 'failed', 'dropped'];
const INSTANCE = textFlag('instance', 'INSTANCE', 'the instance that moves (default: asked for)');
const INCARNATION = wholeFlag('incarnation', 1, Number.MAX_SAFE_INTEGER, 'of the node whose charge is freed');
const closingRole = (usual: string): Flag =>
  choiceFlag('role', ['agent', 'scheduler', 'operator'], `in which role (default ${usual})`);

export const MOVE_VERBS: readonly Verb[] = [
  {
    words: 'move list',
    group: 'move',
    about: 'the moves that are open, or hold something still',
    flags: [
      choiceFlag('status', ['open', 'charged', 'all'], 'charged: closed ones that left a side charged (default open)'),
      choiceFlag('kind', KINDS, 'only moves of this kind'),
      textFlag('node', 'NODE', 'only moves from or to this node'),
      textFlag('instance', 'INSTANCE', 'only moves of this instance'),
      wholeFlag('limit', 1, 1_000, 'at most so many (default 100)'),
      textFlag('after', 'MOVE', 'only moves after this id'),
      ...READ_FLAGS,
    ],
    example: 'fleetbook move list --node node-1 --status charged',
    load: async () => (await import('../../verbs/moves.ts')).moveList,
  },
  {
    words: 'move show',
    group: 'move',
    about: 'a move: its state, what is legal now, and what it holds besides the claim',
    positionals: MOVE,
    flags: READ_FLAGS,
    example: 'fleetbook move show 3f2a9c1e-5b7d-4e60-8a13-c4d5e6f70819',
    load: async () => (await import('../../verbs/moves.ts')).moveShow,
  },
  {
    words: 'move claim',
    group: 'move',
    about: 'charge the destination of a move; the command id is the id of the move',
    notes: [
      'Without --resource, --trait or a request in --file the destination is asked for what the instance holds now.',
      'A resize stays on its node unless --destination names another; an evacuation needs its source marked down.',
    ],
    positionals: [{ name: 'INSTANCE' }],
    flags: [
      choiceFlag('kind', KINDS, 'required, here or in --file'),
      textFlag('destination', 'NODE', 'the node to charge'),
      ...REQUEST_FLAGS,
      switchFlag('replace', 'on one node: hold the larger of old and new instead of both'),
      textFlag('source', 'NODE', 'where it is held (default: asked for)'),
      textFlag('claim', 'ID', 'the claim that holds it (default: asked for)'),
      choiceFlag('role', ['agent', 'scheduler'], 'in which role (default scheduler)'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook move claim job-1 --kind live --destination node-2',
    load: async () => (await import('../../verbs/move-commands.ts')).moveClaim,
  },
  {
    words: 'move advance',
    group: 'move',
    about: 'take a move to its next state, as the agent of one of its nodes',
    notes: ['move show says what is legal; at switched the instance is where it goes to.'],
    positionals: MOVE,
    flags: [
      choiceFlag('to', ['prepared', 'running', 'switched', 'finished', 'completed'], 'the state to reach: required'),
      INSTANCE,
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook move advance 3f2a9c1e-5b7d-4e60-8a13-c4d5e6f70819 --to prepared --actor agent-2',
    load: async () => (await import('../../verbs/move-commands.ts')).moveAdvance,
  },
  {
    words: 'move confirm',
    group: 'move',
    about: 'keep the new place: the old charge is let go',
    positionals: MOVE,
    flags: [INSTANCE, INCARNATION, closingRole('operator'), ...WRITE_FLAGS],
    example: 'fleetbook move confirm 3f2a9c1e-5b7d-4e60-8a13-c4d5e6f70819',
    load: async () => (await import('../../verbs/move-commands.ts')).moveConfirm,
  },
  {
    words: 'move revert',
    group: 'move',
    about: 'go back to the old place: the new charge is let go',
    positionals: MOVE,
    flags: [INSTANCE, INCARNATION, closingRole('operator'), ...WRITE_FLAGS],
    example: 'fleetbook move revert 3f2a9c1e-5b7d-4e60-8a13-c4d5e6f70819',
    load: async () => (await import('../../verbs/move-commands.ts')).moveRevert,
  },
  {
    words: 'move fail',
    group: 'move',
    about: 'say that a move failed: before switched it ends, from it on both sides stay charged',
    positionals: MOVE,
    flags: [
      textFlag('reason', 'TEXT', 'why, for people: required'),
      ...[INSTANCE, INCARNATION, closingRole('operator'), ...WRITE_FLAGS],
    ],
    example: "fleetbook move fail 3f2a9c1e-5b7d-4e60-8a13-c4d5e6f70819 --reason 'disk copy broke off'",
    load: async () => (await import('../../verbs/move-commands.ts')).moveFail,
  },
  {
    words: 'move cancel',
    group: 'move',
    about: 'give a move up before it switched: the new charge is let go',
    positionals: MOVE,
    flags: [INSTANCE, INCARNATION, closingRole('operator'), ...WRITE_FLAGS],
    example: 'fleetbook move cancel 3f2a9c1e-5b7d-4e60-8a13-c4d5e6f70819',
    load: async () => (await import('../../verbs/move-commands.ts')).moveCancel,
  },
  {
    words: 'move drop',
    group: 'move',
    about: 'say that the guest at the side which a closed move left charged is gone',
    notes: [
      'As the agent of that node it frees the charge; from anyone else it is a wish: the charge stays until the agent,',
      'or an operator with instance force-drop, frees it. The reply says which of the two it was.',
    ],
    positionals: MOVE,
    flags: [
      choiceFlag('side', ['source', 'destination'], 'which side (default: the one that is charged)'),
      choiceFlag('state', CLOSED, 'the state you know the move to be in (default: asked for)'),
      ...[INSTANCE, INCARNATION, closingRole('operator'), ...WRITE_FLAGS],
    ],
    example: 'fleetbook move drop 3f2a9c1e-5b7d-4e60-8a13-c4d5e6f70819 --role agent --actor agent-1',
    load: async () => (await import('../../verbs/move-commands.ts')).moveDrop,
  },
];
