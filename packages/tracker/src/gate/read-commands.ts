import {
  type CommandAddress,
  type CommandFault,
  type CommandName,
  type CommandReply,
  errorReply,
  type FleetbookError,
  fleetbookError,
  type OutgoingReply,
  parseBatch,
  parseCommand,
  parseCommandSubject,
} from '@fleetbook/contracts';
import { type CommandMessage, fail, type Result, succeed } from '@fleetbook/domain';
import type { Respond } from '../ports.ts';
import type { Reply } from './command-gate.ts';
import { encodeBatchWithin, encodeReplyWithin } from './encode-replies.ts';

/** One command of a message, or why it is none, and where its reply goes. */
export interface ReadCommand {
  /** `Batch` for a batch entry that could not be read. */
  readonly name: CommandName;
  readonly reading: Result<CommandMessage, CommandFault>;
  readonly reply: Reply;
}

/**
 * The commands of a message: one, or those of a batch, whose replies are gathered into one. A message that cannot be
 * read at all fails with the reply it gets. No reply is longer than `maximumBytes`.
 */
export function readCommands(
  cell: string,
  subject: string,
  payload: Uint8Array,
  respond: Respond,
  maximumBytes: number,
): Result<readonly ReadCommand[], CommandReply> {
  const address = addressOf(subject);
  if (!address.ok) {
    return fail(errorReply(address.error));
  }
  const { role, actor, command } = address.value;
  if (address.value.cell !== cell) {
    return fail(errorReply(fleetbookError('INVALID_SUBJECT', { subject, rule: `cell ${cell}` })));
  }
  if (command !== 'Batch') {
    const reading = parseCommand({ role, actor, command }, payload);
    return succeed([{ name: command, reading, reply: (reply) => respond(encodeReplyWithin(reply, maximumBytes)) }]);
  }
  const batch = parseBatch({ role, actor }, payload);
  if (!batch.ok) {
    return fail(errorReply(batch.error));
  }
  const gather = gatherReplies(batch.value.length, (replies) => respond(encodeBatchWithin(replies, maximumBytes)));
  return succeed(
    batch.value.map((reading, place) => ({
      name: reading.ok ? reading.value.command.type : command,
      reading,
      reply: (reply) => gather(place, reply),
    })),
  );
}

const KNOWN_SUBJECTS = 8_192;

const addresses = new Map<string, Result<CommandAddress, FleetbookError>>();

/**
 * What a subject says. Each sender uses a few, again and again. Module state is safe here: the same text always says
 * the same, and emptying the table when it is full costs time only.
 */
function addressOf(subject: string): Result<CommandAddress, FleetbookError> {
  const known = addresses.get(subject);
  if (known !== undefined) {
    return known;
  }
  const address = parseCommandSubject(subject);
  if (address.ok) {
    if (addresses.size >= KNOWN_SUBJECTS) {
      addresses.clear();
    }
    addresses.set(subject, address);
  }
  return address;
}

/** Sends the replies of a batch, in its order, when the last one is known. */
function gatherReplies(
  count: number,
  send: (replies: readonly OutgoingReply[]) => void,
): (place: number, reply: OutgoingReply) => void {
  const replies = new Array<OutgoingReply>(count);
  let missing = count;
  return (place, reply) => {
    replies[place] = reply;
    missing -= 1;
    if (missing === 0) {
      send(replies);
    }
  };
}
