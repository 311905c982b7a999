import { SENDER_ROLES } from '@fleetbook/contracts';

const REPLY_SUBJECT = /^_INBOX(\.[A-Za-z0-9_-]{1,253}){1,8}$/;

/**
 * Whether a subject is an inbox in which the sender of a message may be answered: nothing that it names makes the
 * tracker speak anywhere else, nor in the inbox that belongs to another actor.
 */
export function isInboxOf(subject: string, replyTo: string): boolean {
  const [, , , , role = '', actor = ''] = subject.split('.');
  const [, owner] = replyTo.split('.');
  const isPrivate = SENDER_ROLES.some((known) => known === owner);
  return REPLY_SUBJECT.test(replyTo) && (!isPrivate || replyTo.startsWith(`_INBOX.${role}.${actor}.`));
}
