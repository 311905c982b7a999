import { JSON_FLAG, LOG_FLAGS, READ_FLAGS, switchFlag, textFlag } from '../flags.ts';
import type { Flag, Verb } from '../verb.ts';

const SEQUENCE = { name: 'SEQUENCE' } as const;

/** The inbox itself is on the server. */
const SERVER_FLAGS: readonly Flag[] = [...LOG_FLAGS.filter(({ name }) => name !== 'data'), JSON_FLAG];

const ACTOR = textFlag('actor', 'ID', 'the operator who answers for it (default your login name)');

/** What the durable inbox of commands has put aside. */
export const INBOX_VERBS: readonly Verb[] = [
  {
    words: 'inbox list',
    group: 'operate',
    about: 'messages of the inbox that could not be decided, and why',
    notes: ['Exit 1 when some are parked.'],
    flags: READ_FLAGS,
    example: 'fleetbook inbox list',
    load: async () => (await import('../../verbs/inbox-list.ts')).inboxList,
  },
  {
    words: 'inbox show',
    group: 'operate',
    about: 'a message of the inbox as it was put, and why it is parked',
    notes: ['Reads the inbox on the server: an operator may. Exit 1 when it is not there any more.'],
    positionals: [SEQUENCE],
    flags: SERVER_FLAGS,
    example: 'fleetbook inbox show 307',
    load: async () => (await import('../../verbs/inbox-show.ts')).inboxShow,
  },
  {
    words: 'inbox retry',
    group: 'operate',
    about: 'have a parked message decided once more, as it is',
    notes: [
      'For a cause that is gone: a right that was missing, a fault of this program. What it comes to, inbox list and',
      'command show tell. Its age stays the one at which it was put.',
    ],
    positionals: [SEQUENCE],
    flags: [ACTOR, ...SERVER_FLAGS],
    example: 'fleetbook inbox retry 307',
    load: async () => (await import('../../verbs/inbox-settle.ts')).inboxRetry,
  },
  {
    words: 'inbox discard',
    group: 'operate',
    about: 'give a parked message up: it is deleted, its event stays',
    positionals: [SEQUENCE],
    flags: [switchFlag('yes', 'required: the message cannot be brought back'), ACTOR, ...SERVER_FLAGS],
    example: 'fleetbook inbox discard 307 --yes',
    load: async () => (await import('../../verbs/inbox-settle.ts')).inboxDiscard,
  },
];
