import { encodeToken, type SenderRole } from '@fleetbook/contracts';

const SUBJECT = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const COMMON = '_INBOX';

/**
 * Where answers to a NATS user arrive: a server with the permissions of `nats-config` lets no other user listen there.
 * Users whose name is no subject, and those that come without one, share the client library's own place.
 */
export function inboxPrefixOf(user: string | undefined): string {
  return user !== undefined && SUBJECT.test(user) ? `${COMMON}.${user}` : COMMON;
}

/** The user that `nats-config` gives an actor. */
export function userOf(role: SenderRole, actor: string): string {
  return `${role}.${encodeToken(actor)}`;
}
