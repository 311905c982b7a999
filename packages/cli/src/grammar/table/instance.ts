import {
  choiceFlag,
  durationFlag,
  READ_FLAGS,
  REQUEST_FLAGS,
  repeatedFlag,
  switchFlag,
  textFlag,
  WRITE_FLAGS,
  wholeFlag,
} from '../flags.ts';
import type { Flag, Verb } from '../verb.ts';

const INSTANCE = [{ name: 'INSTANCE' }];
const ROLE = choiceFlag('role', ['agent', 'scheduler'], 'in which role (default scheduler)');
const RELEASING_ROLE = choiceFlag('role', ['agent', 'scheduler', 'operator'], 'in which role (default agent)');
const INCARNATION = wholeFlag('incarnation', 1, Number.MAX_SAFE_INTEGER, 'of the node, as its agent knows it');
const WISH = [
  'From anyone but the agent of its node it is a wish: the charge turns releasing and stays until the agent drops it,',
  'or the node is fenced or retired. The reply says which of the two it was.',
];
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
      durationFlag('ttl', 'how long it may stay unconfirmed, 1s to 24h (default for ever)'),
      repeatedFlag('alternate', 'NODE', 'a node to try when those before refuse; up to 8, in order'),
      repeatedFlag('group', 'ID=RULE[:COUNT]', 'a placement group, as anti-affinity:2; recorded with the claim'),
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
    words: 'instance rebuild',
    group: 'instance',
    about: 'change what an instance holds where it is, as the agent of its node',
    notes: ['before the work: the larger of old and new is held; after it: exactly the new. Refused during a move.'],
    positionals: INSTANCE,
    flags: [
      choiceFlag('stage', ['before', 'after'], 'before or after the work: required'),
      ...[...REQUEST_FLAGS, ...LIVE_CLAIM, ...WRITE_FLAGS],
    ],
    example: 'fleetbook instance rebuild job-1 --stage before --resource VCPU=16 --actor agent-1',
    load: async () => (await import('../../verbs/claim-commands.ts')).instanceRebuild,
  },
  {
    words: 'instance offload',
    group: 'instance',
    about: 'say that a shelved instance runs nowhere: its charge is freed, its identity kept',
    notes: WISH,
    positionals: INSTANCE,
    flags: [...LIVE_CLAIM, INCARNATION, RELEASING_ROLE, ...WRITE_FLAGS],
    example: 'fleetbook instance offload job-1 --actor agent-1',
    load: async () => (await import('../../verbs/claim-commands.ts')).instanceOffload,
  },
  {
    words: 'instance drop',
    alias: 'drop',
    group: 'instance',
    about: 'say, as the agent of its node, that an instance is gone: its charge is freed',
    notes: WISH,
    positionals: INSTANCE,
    flags: [...LIVE_CLAIM, INCARNATION, RELEASING_ROLE, ...WRITE_FLAGS],
    example: 'fleetbook drop job-1 --actor agent-1',
    load: async () => (await import('../../verbs/claim-commands.ts')).instanceDrop,
  },
  {
    words: 'instance force-drop',
    group: 'instance',
    about: 'end an instance and free its charges without the word of the agent',
    notes: ['With --move: free only the side that this closed move left charged on --node.'],
    positionals: INSTANCE,
    flags: [
      textFlag('reason', 'TEXT', 'why, for people: required'),
      switchFlag('yes', 'required: what is freed may still run'),
      textFlag('move', 'ID', 'the closed move whose side is freed'),
      ...[...LIVE_CLAIM, ...WRITE_FLAGS],
    ],
    example: "fleetbook instance force-drop job-1 --reason 'host burnt down' --yes",
    load: async () => (await import('../../verbs/claim-commands.ts')).instanceForceDrop,
  },
  {
    words: 'instance adopt',
    alias: 'adopt',
    group: 'instance',
    about: 'take a guest that runs already into the ledger, even above capacity',
    notes: [
      'One comes from flags or --file: {"charge":[{"provider":…,"class":…,"amount":…}]}.',
      'Many come from --from: {"guests":[{"instance":…,"node":…,"charge":[…]}]}; --dry-run shows what would happen.',
      'Adopting again what is held already changes nothing. Exit 3 when one is refused, 1 when one would be.',
    ],
    positionals: [{ name: 'INSTANCE', isOptional: true }],
    flags: [
      textFlag('from', 'FILE', 'a file with many guests, - for stdin'),
      textFlag('node', 'NODE', 'where it runs; with --from: where guests run that name no node'),
      repeatedFlag('resource', 'CLASS=AMOUNT', 'charged on the provider that has the id of the node; repeat it'),
      textFlag('tenant', 'ID', 'whose it is'),
      repeatedFlag('label', 'KEY=VALUE', 'a label; repeat it for more'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook instance adopt --from guests.json --dry-run',
    load: async () => (await import('../../verbs/adopt.ts')).instanceAdopt,
  },
];
