import {
  type CommandReply,
  errorReply,
  fleetbookError,
  formatToken,
  isErrorCode,
  type OutgoingReply,
  type RecordedReply,
  type ReplyResult,
  writeClaimReply,
} from '@fleetbook/contracts';
import { type CommandMessage, type CommandResult, type LedgerEvent, resultOf } from '@fleetbook/domain';
import type { PendingDecision } from '../commit/pending-decision.ts';
import type { Holdings } from './holdings.ts';

type Decided = Pick<PendingDecision, 'events' | 'dataText' | 'holdings'>;

/** The reply to a decision that has just been recorded: what `recordedReply` says of its events. */
export function replyTo(historyId: string, { events, dataText, holdings }: Decided): OutgoingReply {
  const [{ type, command, commandId, at, number }] = events;
  if (type !== 'InstanceClaimed' || command?.type !== 'ClaimInstance' || dataText === undefined) {
    return recordedReply(historyId, events, holdings);
  }
  const token = formatToken(historyId, number + events.length - 1);
  return writeClaimReply({ commandId, token, at, instance: command.instance }, dataText);
}

/** Rebuilds the reply to a recorded decision from its events, so that every repeat gets the same. */
export function recordedReply(
  historyId: string,
  events: readonly [LedgerEvent, ...LedgerEvent[]],
  holdings: Holdings | undefined,
): RecordedReply {
  const [first] = events;
  const { commandId, at } = first;
  const token = formatToken(historyId, first.number + first.count - 1);
  if (first.type !== 'CommandRejected') {
    return { outcome: 'accepted', commandId, token, at, result: withHoldings(resultOf(events), holdings) };
  }
  const { code, details } = first.data;
  if (!isErrorCode(code)) {
    throw new RangeError(`event ${first.number} records a rejection ${code} that the catalogue does not have`);
  }
  return { outcome: 'refused', commandId, token, at, error: fleetbookError(code, details) };
}

/** The reply to a part of an atomic batch, of the reply to the batch. */
export function partReply(reply: RecordedReply, commandId: string, place: number): RecordedReply {
  if (reply.outcome === 'refused') {
    return { ...reply, commandId };
  }
  const result = reply.result.type === 'AtomicBatch' ? reply.result.results[place] : undefined;
  if (result === undefined || result === null) {
    throw new RangeError(`command ${reply.commandId} has no result of a part ${place}`);
  }
  return { ...reply, commandId, result: withHoldings(result, undefined) };
}

export function withHoldings(result: CommandResult, holdings: Holdings | undefined): ReplyResult {
  return result.type === 'RegisterNode' ? { ...result, held: [], sides: [], ...holdings } : result;
}

export function internalErrorReply({ commandId }: Pick<CommandMessage, 'commandId'>, at: number): CommandReply {
  return errorReply(fleetbookError('INTERNAL_ERROR'), { commandId, at });
}
