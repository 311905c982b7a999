import {
  type CommandReply,
  errorReply,
  fleetbookError,
  formatToken,
  isErrorCode,
  type RecordedReply,
  type ReplyResult,
} from '@fleetbook/contracts';
import {
  type CommandMessage,
  type CommandResult,
  type HeldInstance,
  type LedgerEvent,
  resultOf,
} from '@fleetbook/domain';

/** Rebuilds the reply to a recorded decision from its events, so that every repeat gets the same. */
export function recordedReply(
  historyId: string,
  events: readonly [LedgerEvent, ...LedgerEvent[]],
  held: readonly HeldInstance[] | undefined,
): RecordedReply {
  const [first] = events;
  const { commandId, at } = first;
  const token = formatToken(historyId, first.number + first.count - 1);
  if (first.type !== 'CommandRejected') {
    return { outcome: 'accepted', commandId, token, at, result: withHeld(resultOf(events), held) };
  }
  const { code, details } = first.data;
  if (!isErrorCode(code)) {
    throw new RangeError(`event ${first.number} records a rejection ${code} that the catalogue does not have`);
  }
  return { outcome: 'refused', commandId, token, at, error: fleetbookError(code, details) };
}

export function withHeld(result: CommandResult, held: readonly HeldInstance[] | undefined): ReplyResult {
  return result.type === 'RegisterNode' ? { ...result, held: held ?? [] } : result;
}

export function internalErrorReply({ commandId }: Pick<CommandMessage, 'commandId'>, at: number): CommandReply {
  return errorReply(fleetbookError('INTERNAL_ERROR'), { commandId, at });
}
