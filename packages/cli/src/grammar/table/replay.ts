import { AS_OF_FLAG, PAST_FLAGS, READ_FLAGS, repeatedFlag, switchFlag, textFlag, wholeFlag } from '../flags.ts';
import type { Verb } from '../verb.ts';

/** Questions about the past. */
export const REPLAY_VERBS: readonly Verb[] = [
  {
    words: 'state',
    group: 'replay',
    about: 'inventory, charges and usage as they were: of the cell, or of what one flag names',
    notes: [
      'Answers from the end of the decision there, and says which one: its token, when it was recorded, and when',
      'its command was issued. A duration is always ago; command:ID is just before it, after:command:ID after it.',
    ],
    flags: [
      textFlag('node', 'NODE', 'of one node'),
      textFlag('instance', 'INSTANCE', 'of one instance'),
      textFlag('move', 'MOVE', 'of one move'),
      ...READ_FLAGS,
    ],
    example: 'fleetbook state --as-of 15m --node node-1',
    load: async () => (await import('../../verbs/state.ts')).state,
  },
  {
    words: 'diff',
    group: 'replay',
    about: 'what differs from one instant to another: nodes, inventory, claims and moves',
    notes: [
      'X and Y are instants as --as-of takes them; either may be the earlier one. What came and went between is no',
      'difference. Exit 0 when nothing differs, 1 when something does.',
    ],
    positionals: [{ name: 'X' }, { name: 'Y' }],
    flags: [
      textFlag('node', 'NODE', 'only what concerns this node'),
      textFlag('tenant', 'ID', 'only the claims and moves of this tenant'),
      wholeFlag('limit', 1, 1_000, 'of each list at most so many (default 100)'),
      ...PAST_FLAGS,
    ],
    example: 'fleetbook diff 15m 0s --node node-1',
    load: async () => (await import('../../verbs/diff.ts')).diff,
  },
  {
    words: 'timeline',
    group: 'replay',
    about: 'every event that touched a node, instance, move, command or provider, with the usage after each',
    notes: [
      'KIND is node, instance, move, command or provider. The newest 100 are shown, oldest first. Open moves are spans',
      'drawn at the left, what is charged of a class as a bar.',
    ],
    positionals: [{ name: 'KIND' }, { name: 'ID' }],
    flags: [
      wholeFlag('limit', 1, 1_000, 'at most so many (default 100)'),
      wholeFlag('before', 1, Number.MAX_SAFE_INTEGER, 'only events before this one'),
      switchFlag('follow', 'go on until Ctrl-C; with --json one entry per line'),
      ...PAST_FLAGS,
      AS_OF_FLAG,
    ],
    stopsByItself: true,
    example: 'fleetbook timeline node node-1 --as-of 2026-11-21T03:12:00Z',
    load: async () => (await import('../../verbs/timeline.ts')).timeline,
  },
  {
    words: 'who',
    group: 'replay',
    about: 'who holds what on a node: claims, and the other sides of moves',
    notes: ['WHAT is a class, a unit or a provider; without it everything. Exit 1 when nobody holds it.'],
    positionals: [{ name: 'NODE' }, { name: 'WHAT', isOptional: true }],
    flags: READ_FLAGS,
    example: 'fleetbook who node-1 VCPU --as-of 15m',
    load: async () => (await import('../../verbs/who.ts')).who,
  },
  {
    words: 'explain',
    group: 'replay',
    about: 'why a command was accepted or refused: the state it was judged on, its causes and consequences',
    notes: [
      'WHAT is the id of a command, claim or move, or the number of an event; with --node a unit, for the decision by',
      'which its holder got it. It is judged again on the state just before it; exit 1 when that differs.',
    ],
    positionals: [{ name: 'WHAT' }],
    flags: [
      textFlag('node', 'NODE', 'WHAT is a unit of this node'),
      switchFlag('mermaid', 'causes and consequences as a Mermaid flowchart'),
      ...PAST_FLAGS,
      AS_OF_FLAG,
    ],
    example: 'fleetbook explain 4713',
    load: async () => (await import('../../verbs/explain.ts')).explain,
  },
  {
    words: 'what-if',
    group: 'replay',
    about: 'what would have happened with one event less, one command more or another policy; changes nothing',
    notes: [
      'Every command of the range is decided again. FILE of --insert is a JSON object with role, actor, type and the',
      'fields of the command. Exit 0 when it all comes out the same, 1 when something differs.',
    ],
    flags: [
      textFlag('from', 'X', 'the range is what follows this instant; a command is inserted there'),
      textFlag('until', 'Y', 'the end of the range (default the end of the log)'),
      wholeFlag('drop-event', 1, Number.MAX_SAFE_INTEGER, 'leave out the decision of this event'),
      textFlag('insert', 'FILE', 'a command more, - for stdin'),
      repeatedFlag('policy', 'NAME=VALUE', 'fitWorkLimit, autoConfirmAfterMs, reportIntervalMs or driftPolicy'),
      wholeFlag('limit', 1, 1_000, 'of each list at most so many (default 100)'),
      ...PAST_FLAGS,
    ],
    example: 'fleetbook what-if --from 4700 --drop-event 4713',
    load: async () => (await import('../../verbs/what-if.ts')).whatIf,
  },
  {
    words: 'bisect',
    group: 'replay',
    about: 'the first decision with which something became true: a figure of a node, or so many events',
    notes: [
      'charged, capacity or headroom(NODE, CLASS), compared with a number by > >= < <= == or !=; refused(CODE) or',
      'events(TYPE), by > or >=, with "per 1m" behind it for so many within a time. Exit 1 when it was never true.',
    ],
    positionals: [{ name: 'PREDICATE' }],
    flags: [...PAST_FLAGS, AS_OF_FLAG],
    example: "fleetbook bisect 'refused(NO_CAPACITY) > 10 per 1m'",
    load: async () => (await import('../../verbs/bisect.ts')).bisect,
  },
];
