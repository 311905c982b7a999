import { READ_FLAGS, textFlag } from '../flags.ts';
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
];
