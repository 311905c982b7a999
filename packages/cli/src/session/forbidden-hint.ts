import { SENDER_ROLES, type SenderRole } from '@fleetbook/contracts';
import { userOf } from './inbox.ts';

export interface Sender {
  /** The NATS user, where there is one. */
  readonly user: string | undefined;
  readonly role: SenderRole;
  readonly actor: string;
}

/**
 * What may be behind a command that nobody answers: a server with the permissions of `nats-config` drops what a user
 * sends in the name of another, and does not tell the sender.
 */
export function forbiddenHint({ user = '', role, actor }: Sender): readonly string[] {
  const isOfNatsConfig = SENDER_ROLES.some((known) => user.startsWith(`${known}.`));
  return isOfNatsConfig && user !== userOf(role, actor)
    ? [`The command is of ${role} ${actor}; NATS may forbid it to user ${user}: see --actor, --role, nats-config.`]
    : [];
}
