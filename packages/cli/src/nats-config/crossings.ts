import { allCommandsSubject, allEventsSubject, allInboxSubject, QUERY_NAMES, querySubject } from '@fleetbook/contracts';
import { inboxPrefixOf } from '../session/inbox.ts';
import { SENDERS_APART } from './permissions.ts';

/** A subject that leads from one account to the other: `service` to the services, `stream` from them. */
export interface Crossing {
  readonly kind: 'service' | 'stream';
  readonly subject: string;
  /** Of a service, how many answer one request; one unless given. */
  readonly answers?: 'many';
}

/** Every service of the cell answers these for itself. */
const ASKED_OF_ALL: readonly string[] = ['mark', 'projection'];

/** All that senders in an account of their own need: commands, inbox, questions, feed, outcomes of the inbox. */
export function crossingsOf(cell: string): readonly Crossing[] {
  return [
    { kind: 'service', subject: allCommandsSubject(cell) },
    { kind: 'service', subject: allInboxSubject(cell) },
    ...QUERY_NAMES.map((query): Crossing => {
      const crossing = { kind: 'service', subject: querySubject(cell, query) } as const;
      return ASKED_OF_ALL.includes(query) ? { ...crossing, answers: 'many' } : crossing;
    }),
    { kind: 'stream', subject: allEventsSubject(cell) },
    ...SENDERS_APART.map((role): Crossing => ({ kind: 'stream', subject: `${inboxPrefixOf(role)}.>` })),
  ];
}
