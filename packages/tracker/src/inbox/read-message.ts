import { type FleetbookError, fleetbookError, parseCommand, parseInboxSubject } from '@fleetbook/contracts';
import { type CommandMessage, fail, type Result } from '@fleetbook/domain';
import type { InboxMessage } from '@fleetbook/event-log';
import type { Logger } from '@fleetbook/operations';

/** The command of a message. A batch is none: each message has one outcome. */
export function readMessage(
  { subject, payload, sequence }: InboxMessage,
  logger: Logger,
): Result<CommandMessage, FleetbookError> {
  try {
    const address = parseInboxSubject(subject);
    if (!address.ok) {
      return address;
    }
    const { role, actor, command } = address.value;
    return command === 'Batch'
      ? fail(fleetbookError('UNKNOWN_COMMAND', { command }))
      : parseCommand({ role, actor, command }, payload);
  } catch (cause) {
    logger.error('message could not be read', { sequence, errCode: 'INTERNAL_ERROR', err: cause });
    return fail(fleetbookError('INTERNAL_ERROR'));
  }
}
