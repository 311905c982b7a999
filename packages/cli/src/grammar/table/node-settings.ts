import {
  choiceFlag,
  durationFlag,
  READ_FLAGS,
  repeatedFlag,
  switchFlag,
  textFlag,
  WRITE_FLAGS,
  wholeFlag,
} from '../flags.ts';
import type { Flag, Verb } from '../verb.ts';

const NODE = [{ name: 'NODE' }];
const PROVIDER = textFlag('provider', 'ID', 'of which provider (default the one that has the id of the node)');
const MAY_FREE = wholeFlag(
  'may-free',
  0,
  Number.MAX_SAFE_INTEGER,
  'charges the next heal may free, where it is more than 3 and a tenth of the claims',
);
const healing = (policies: readonly string[], about: string): readonly Flag[] => [
  choiceFlag('policy', policies, about),
  MAY_FREE,
];

/** What operators fix for a node, and what its audit finds. */
export const NODE_SETTINGS_VERBS: readonly Verb[] = [
  {
    words: 'node policy',
    group: 'node',
    about: 'fix ratio and reserve of an inventory: reports overwrite them only by stating them',
    notes: ['Several at once come from --file: {"policies":[{"provider":…,"class":…,"allocationRatio":…}]}.'],
    positionals: NODE,
    flags: [
      PROVIDER,
      textFlag('class', 'CLASS', 'the resource class'),
      textFlag('ratio', 'DECIMAL', 'allocation ratio, at most 6 places'),
      wholeFlag('reserved', 0, Number.MAX_SAFE_INTEGER, 'amount that is never charged'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook node policy node-1 --class VCPU --ratio 1.5 --reserved 2',
    load: async () => (await import('../../verbs/node-settings.ts')).nodePolicy,
  },
  {
    words: 'node aggregates',
    group: 'node',
    about: 'say which aggregates a provider is in',
    positionals: NODE,
    flags: [
      repeatedFlag('aggregate', 'ID', 'one it is in; repeat it for all of them'),
      switchFlag('clear', 'it is in none'),
      PROVIDER,
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook node aggregates node-1 --aggregate rack-1 --aggregate room-2',
    load: async () => (await import('../../verbs/node-settings.ts')).nodeAggregates,
  },
  {
    words: 'node overlay',
    group: 'node',
    about: 'add inventory and traits to what the driver of a node reports; replaces the overlay before',
    notes: [
      'Flags make one target; several come from --file: {"targets":[{"provider":…,"inventories":[…],"traits":[…]}]}.',
      'Without a provider it is the default target, for the root unless another target names it.',
    ],
    positionals: NODE,
    flags: [
      repeatedFlag('resource', 'CLASS=TOTAL', 'an inventory; repeat it for more classes'),
      repeatedFlag('trait', 'TRAIT', 'a trait; repeat it for more'),
      textFlag('provider', 'ID', 'the provider it is for (default: the default target)'),
      switchFlag('clear', 'take the overlay away'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook node overlay node-1 --resource CUSTOM_LICENCE=4 --trait CUSTOM_GOLD',
    load: async () => (await import('../../verbs/node-settings.ts')).nodeOverlay,
  },
  {
    words: 'node drift-policy',
    group: 'node',
    about: 'say what the ledger does by itself about drift on a node',
    notes: [
      'observe: nothing. heal-safe: frees what its agent was asked to release and no longer runs. heal-all: frees what',
      'two complete reports a minute apart miss, and adopts guests nobody claimed, as well.',
    ],
    positionals: NODE,
    flags: [...healing(['observe', 'heal-safe', 'heal-all'], 'required, here or in --file'), ...WRITE_FLAGS],
    example: 'fleetbook node drift-policy node-1 --policy observe',
    load: async () => (await import('../../verbs/node-settings.ts')).nodeDriftPolicy,
  },
  {
    words: 'node audit',
    alias: 'audit',
    group: 'node',
    about: 'how the guests of a node, or of all, differ from the ledger',
    notes: ['Exit 1 when something drifts.'],
    positionals: [{ name: 'NODE', isOptional: true }],
    flags: [
      durationFlag('older-than', 'only what has drifted for at least so long'),
      wholeFlag('limit', 1, 1_000, 'at most so many (default 100)'),
      textFlag('after', 'TEXT', 'the next page, as the one before names it'),
      ...READ_FLAGS,
    ],
    example: 'fleetbook audit node-1',
    load: async () => (await import('../../verbs/attention.ts')).nodeAudit,
  },
  {
    words: 'node heal',
    alias: 'heal',
    group: 'node',
    about: 'let the next report of the guests heal what drifts on a node',
    notes: ['Sets the drift policy of the node, which stays until another one is set.'],
    positionals: NODE,
    flags: [
      ...healing(['heal-safe', 'heal-all'], 'how far (default heal-safe)'),
      switchFlag('yes', 'required: what is freed cannot be taken back'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook heal node-1 --policy heal-all --may-free 12 --yes',
    load: async () => (await import('../../verbs/node-settings.ts')).nodeHeal,
  },
];
