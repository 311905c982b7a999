import { choiceFlag, READ_FLAGS, REQUEST_FLAGS, repeatedFlag, textFlag, WRITE_FLAGS, wholeFlag } from '../flags.ts';
import type { Flag, Verb } from '../verb.ts';

const INSTANCE = [{ name: 'INSTANCE' }];
const ROLE = choiceFlag('role', ['agent', 'scheduler'], 'in which role (default scheduler)');
const LIVE_CLAIM: readonly Flag[] = [
  textFlag('node', 'NODE', 'where it is held (default: asked for)'),
  textFlag('claim', 'ID', 'the claim that holds it (default: asked for)'),
];

export const INSTANCE_VERBS: readonly Verb[] = [
  {
    words: 'instance list',
    group: 'instance',
    about: 'the instances held, by node',
    flags: [
      textFlag('node', 'NODE', 'only those on this node'),
      wholeFlag('limit', 1, 100_000, 'at most so many (default 100)'),
      ...READ_FLAGS,
    ],
    example: 'fleetbook instance list --node node-1',
    load: async () => (await import('../../verbs/instances.ts')).instanceList,
  },
  {
    words: 'instance show',
    group: 'instance',
    about: 'where an instance is held, by which claim, and what it is charged',
    positionals: INSTANCE,
    flags: READ_FLAGS,
    example: 'fleetbook instance show job-1',
    load: async () => (await import('../../verbs/instances.ts')).instanceShow,
  },
  {
    words: 'instance claim',
    alias: 'claim',
    group: 'instance',
    about: 'charge a node with an instance',
    notes: [
      'The request comes from --resource and --trait, or whole from --file: {"request":{…}} or {"charge":[…]}.',
      'Exit 3 when the ledger refuses it; the refusal says by which rule and with which figures.',
    ],
    positionals: INSTANCE,
    flags: [
      textFlag('node', 'NODE', 'the node to charge'),
      ...REQUEST_FLAGS,
      textFlag('tenant', 'ID', 'whose it is'),
      repeatedFlag('label', 'KEY=VALUE', 'a label of the claim; repeat it for more'),
      ROLE,
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook claim job-1 --node node-1 --resource VCPU=8 --resource MEMORY_MB=16384',
    load: async () => (await import('../../verbs/claim-commands.ts')).instanceClaim,
  },
  {
    words: 'instance confirm',
    group: 'instance',
    about: 'confirm a claim: the instance runs',
    positionals: INSTANCE,
    flags: [...LIVE_CLAIM, ROLE, ...WRITE_FLAGS],
    example: 'fleetbook instance confirm job-1',
    load: async () => (await import('../../verbs/claim-commands.ts')).instanceConfirm,
  },
  {
    words: 'instance abort',
    group: 'instance',
    about: 'take back a claim that was never confirmed',
    positionals: INSTANCE,
    flags: [...LIVE_CLAIM, ROLE, ...WRITE_FLAGS],
    example: 'fleetbook instance abort job-1',
    load: async () => (await import('../../verbs/claim-commands.ts')).instanceAbort,
  },
  {
    words: 'instance drop',
    alias: 'drop',
    group: 'instance',
    about: 'say, as the agent of its node, that an instance is gone: its charge is freed',
    positionals: INSTANCE,
    flags: [...LIVE_CLAIM, ...WRITE_FLAGS],
    example: 'fleetbook drop job-1 --actor agent-1',
    load: async () => (await import('../../verbs/claim-commands.ts')).instanceDrop,
  },
];
