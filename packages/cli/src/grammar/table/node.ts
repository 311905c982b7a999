import { choiceFlag, READ_FLAGS, switchFlag, textFlag, WRITE_FLAGS, wholeFlag } from '../flags.ts';
import type { Verb } from '../verb.ts';

const NODE = [{ name: 'NODE' }];

export const NODE_VERBS: readonly Verb[] = [
  {
    words: 'node list',
    group: 'node',
    about: 'the nodes of the cell, by id',
    flags: [
      choiceFlag('status', ['enabled', 'disabled', 'retired'], 'only nodes of this status'),
      textFlag('trait', 'TRAIT', 'only nodes with a provider of this trait'),
      textFlag('aggregate', 'ID', 'only nodes with a provider in this aggregate'),
      wholeFlag('limit', 1, 100_000, 'at most so many (default 100)'),
      textFlag('after', 'NODE', 'only nodes after this id'),
      ...READ_FLAGS,
    ],
    example: 'fleetbook node list --status enabled --limit 20',
    load: async () => (await import('../../verbs/nodes.ts')).nodeList,
  },
  {
    words: 'node show',
    group: 'node',
    about: 'a node: its status, providers, inventory and what it holds',
    positionals: NODE,
    flags: READ_FLAGS,
    example: 'fleetbook node show openb-node-0000',
    load: async () => (await import('../../verbs/nodes.ts')).nodeShow,
  },
  {
    words: 'node register',
    group: 'node',
    about: 'announce a node, or a new start of its host, as its agent',
    positionals: NODE,
    flags: [textFlag('boot-id', 'ID', 'the start of the host (default the boot id of this machine)'), ...WRITE_FLAGS],
    example: 'fleetbook node register node-1 --actor agent-1 --boot-id first-boot',
    load: async () => (await import('../../verbs/node-commands.ts')).nodeRegister,
  },
  {
    words: 'node report',
    group: 'node',
    about: 'report the whole inventory of a node, as its agent',
    notes: [
      'The fields come from --file: {"providers":[{"id":…,"inventories":[{"class":…,"total":…}]}]}.',
      'Without a providers field, --resource describes one provider that has the id of the node.',
      'Incarnation and sequence that are not given are asked for: the current one, and the next one.',
    ],
    positionals: NODE,
    flags: [
      {
        kind: 'text',
        name: 'resource',
        value: 'CLASS=TOTAL',
        about: 'an inventory of the only provider; repeat it for more classes',
        isRepeatable: true,
      },
      wholeFlag('incarnation', 1, Number.MAX_SAFE_INTEGER, 'of the start that reports'),
      wholeFlag('sequence', 1, Number.MAX_SAFE_INTEGER, 'of the report within the incarnation'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook node report node-1 --actor agent-1 --resource VCPU=64 --resource MEMORY_MB=262144',
    load: async () => (await import('../../verbs/node-commands.ts')).nodeReport,
  },
  {
    words: 'node enable',
    group: 'node',
    about: 'open a node to new claims',
    positionals: NODE,
    flags: WRITE_FLAGS,
    example: 'fleetbook node enable node-1',
    load: async () => (await import('../../verbs/node-commands.ts')).nodeEnable,
  },
  {
    words: 'node disable',
    group: 'node',
    about: 'close a node to new claims; what it holds stays',
    positionals: NODE,
    flags: [textFlag('reason', 'TEXT', 'why, for people: required'), ...WRITE_FLAGS],
    example: "fleetbook node disable node-1 --reason 'memory errors'",
    load: async () => (await import('../../verbs/node-commands.ts')).nodeDisable,
  },
  {
    words: 'node retire',
    group: 'node',
    about: 'take a node out of the cell for ever; refused while it holds anything',
    positionals: NODE,
    flags: [switchFlag('yes', 'required: a retired node never comes back'), ...WRITE_FLAGS],
    example: 'fleetbook node retire node-1 --yes',
    load: async () => (await import('../../verbs/node-commands.ts')).nodeRetire,
  },
];
