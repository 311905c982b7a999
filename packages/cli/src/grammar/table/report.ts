import { choiceFlag, textFlag, WRITE_FLAGS, wholeFlag } from '../flags.ts';
import type { Verb } from '../verb.ts';

const NODE = [{ name: 'NODE' }];

/** What agents report besides inventory and guests, and several commands as one. */
export const REPORT_VERBS: readonly Verb[] = [
  {
    words: 'node build',
    group: 'node',
    about: 'report how a build went, as the agent',
    notes: ['Ten failures in a row make a node suspect: it comes last among the candidates until a build succeeds.'],
    positionals: NODE,
    flags: [
      textFlag('instance', 'ID', 'which instance was built'),
      choiceFlag('result', ['succeeded', 'failed', 'refused'], 'how it went; refused by a policy counts as neither'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook node build node-1 --instance job-1 --result failed --actor agent-1',
    load: async () => (await import('../../verbs/report-commands.ts')).nodeBuild,
  },
  {
    words: 'node reshape',
    group: 'node',
    about: 'move charges between providers of a node, as its agent; no owner may gain or lose',
    notes: ['The rules come from --file: {"rules":[{"class":…,"from":…,"to":…,"owners":[{"instance":…}]}]}.'],
    positionals: NODE,
    flags: [wholeFlag('incarnation', 1, Number.MAX_SAFE_INTEGER, 'of the start that asks'), ...WRITE_FLAGS],
    example: 'fleetbook node reshape node-1 --incarnation 1 --file rules.json --actor agent-1',
    load: async () => (await import('../../verbs/report-commands.ts')).nodeReshape,
  },
  {
    words: 'instance state',
    group: 'instance',
    about: 'report the state of a guest, as the agent of its node: counted, never a release',
    positionals: [{ name: 'INSTANCE' }],
    flags: [
      textFlag('vm', 'STATE', 'in the words of its hypervisor: active, stopped, …'),
      textFlag('task', 'TASK', 'what is being done to it'),
      textFlag('os-type', 'TYPE', 'its operating system'),
      textFlag('node', 'NODE', 'where it is held (default: asked for)'),
      textFlag('claim', 'ID', 'the claim that holds it (default: asked for)'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook instance state job-1 --vm active --actor agent-1',
    load: async () => (await import('../../verbs/report-commands.ts')).instanceState,
  },
  {
    words: 'batch',
    group: 'instance',
    about: 'send up to 64 commands as one decision: all of them or none, judged on the net result',
    notes: ['They come from --file: {"commands":[{"type":"DropInstance","node":…,"instance":…,"claimId":…}]}.'],
    flags: [
      choiceFlag('role', ['agent', 'scheduler', 'operator'], 'in which role (default scheduler)'),
      ...WRITE_FLAGS,
    ],
    example: 'fleetbook batch --role agent --actor agent-1 --file swap.json',
    load: async () => (await import('../../verbs/report-commands.ts')).batch,
  },
];
