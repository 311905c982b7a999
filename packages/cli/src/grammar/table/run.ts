import { JSON_FLAG, READ_FLAGS, RUN_DATA_FLAG, switchFlag, textFlag, wholeFlag } from '../flags.ts';
import type { Verb } from '../verb.ts';

/** Running the product, and what it says of itself. */
export const RUN_VERBS: readonly Verb[] = [
  {
    words: 'up',
    group: 'run',
    about: 'start nats-server, tracker and projector, and keep them running',
    notes: [
      'Ctrl-C stops projector, tracker and nats-server, in this order.',
      'With FLEETBOOK_NATS_URL that server is used and none is started; FLEETBOOK_LOG chooses where the log is.',
    ],
    flags: [
      RUN_DATA_FLAG,
      textFlag('cell', 'NAME', 'the cell to serve (default FLEETBOOK_CELL or main)'),
      wholeFlag('port', 0, 65_535, 'port of nats-server on 127.0.0.1 (default 4222, 0 takes a free one)'),
      switchFlag('json', 'one JSON document per line: started, restarted, stopped'),
    ],
    stopsByItself: true,
    example: 'fleetbook up --data .fleetbook',
    load: async () => (await import('../../verbs/up.ts')).up,
  },
  {
    words: 'demo',
    group: 'run',
    about: 'fill a real fleet of 1,523 nodes, kill services on the way, prove the result by replay',
    notes: [
      'Needs a clone of the repository: the trace of the fleet is in test/data/openb.',
      'What an earlier demo left in the data directory is removed. Exit 1 when the digests differ.',
    ],
    flags: [
      textFlag('data', 'DIR', 'where its data go and stay (default .fleetbook/demo)'),
      wholeFlag('nodes', 1, 1_523, 'play with so many of the nodes'),
      wholeFlag('tasks', 1, 8_152, 'play so many of the tasks'),
      wholeFlag('seed', 0, 4_294_967_295, 'what the schedulers choose by (default 2023)'),
      switchFlag('json', 'print the result as one JSON object on the last line'),
    ],
    stopsByItself: true,
    example: 'fleetbook demo --nodes 50 --tasks 300',
    load: async () => (await import('../../demo/demo.ts')).demo,
  },
  {
    words: 'status',
    alias: 'health',
    group: 'run',
    about: 'what runs, how far it is and whether it is well',
    notes: ['Exit 1 when a service is red, 4 when none answers.'],
    flags: READ_FLAGS,
    example: 'fleetbook status',
    load: async () => (await import('../../verbs/status.ts')).status,
  },
  {
    words: 'version',
    group: 'run',
    about: 'the version of this program, of its messages and of Node',
    flags: [JSON_FLAG],
    example: 'fleetbook version --json',
    load: async () => (await import('../../verbs/version.ts')).version,
  },
  {
    words: 'config print',
    group: 'run',
    about: 'the settings in force, secrets masked',
    flags: [JSON_FLAG],
    example: 'FLEETBOOK_CELL=lab fleetbook config print',
    load: async () => (await import('../../verbs/config-print.ts')).configPrint,
  },
  {
    words: 'completion',
    group: 'run',
    about: 'a completion script for bash, zsh or fish',
    positionals: [{ name: 'SHELL' }],
    flags: [],
    example: 'fleetbook completion bash > ~/.local/share/bash-completion/completions/fleetbook',
    load: async () => (await import('../../verbs/completion.ts')).completion,
  },
  {
    words: 'errors',
    group: 'run',
    about: 'every error code, or what one of them means',
    positionals: [{ name: 'CODE', isOptional: true }],
    flags: [JSON_FLAG],
    example: 'fleetbook errors NO_CAPACITY',
    load: async () => (await import('../../verbs/errors.ts')).errors,
  },
];
