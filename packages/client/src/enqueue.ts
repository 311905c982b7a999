import {
  encodeCommandMessage,
  type FleetbookError,
  fleetbookError,
  inboxSubject,
  REPLY_HEADER,
} from '@fleetbook/contracts';
import type { CommandMessage, CommandType } from '@fleetbook/domain';
import { isInbox } from '@fleetbook/messaging';
import type { ClientSettings } from './ask.ts';
import type { CommandFields, FleetbookClient, SendOptions } from './client.ts';
import { parseAnswer } from './read-reply.ts';
import { type Attempt, sendUntilKnown } from './send-until-known.ts';
import type { Surroundings, Transport } from './transport.ts';

/** An inbox that takes nothing more has room again once the writer in office has worked off some of it. */
const FULL_RETRY_MS = 1_000;

type MakeMessage = <Type extends CommandType>(
  type: Type,
  fields: CommandFields<Type>,
  options: SendOptions,
) => CommandMessage;

export const createEnqueue = (
  { cell, role, actor, timeoutMs: clientTimeoutMs, attemptTimeoutMs }: ClientSettings,
  transport: Transport,
  surroundings: Surroundings,
  makeMessage: MakeMessage,
): FleetbookClient['enqueue'] => {
  return async (type, fields, options = {}) => {
    const message = makeMessage(type, fields, options);
    const { commandId } = message;
    const { replyTo } = options;
    if (replyTo !== undefined && !isInbox(replyTo)) {
      const error = fleetbookError('INVALID_FIELD', { path: 'replyTo', rule: 'a subject below an inbox prefix' });
      return { outcome: 'error', commandId, error };
    }
    // No id for the server to tell repeats by: who knew it could put another message in the place of this one.
    const put = await sendUntilKnown(transport, surroundings, {
      subject: inboxSubject(cell, role, actor, type),
      payload: encodeCommandMessage(message),
      headers: replyTo === undefined ? {} : { [REPLY_HEADER]: replyTo },
      judge: judgeAcknowledgement,
      ...{ timeoutMs: options.timeoutMs ?? clientTimeoutMs, attemptTimeoutMs },
    });
    return put.ok
      ? { outcome: 'enqueued', commandId, sequence: put.value }
      : { outcome: 'error', commandId, error: put.error };
  };
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const again = (error: FleetbookError): Attempt<number> => ({ kind: 'again', error, retryAfterMs: FULL_RETRY_MS });

/** The server's own word: the sequence of the message, or why it was not kept. */
const judgeAcknowledgement = (answer: Uint8Array): Attempt<number> => {
  const value = parseAnswer(answer);
  if (isFields(value) && isFields(value['error'])) {
    const { code, description } = value['error'];
    const reason = typeof description === 'string' ? description : 'it does not say why';
    return code === 503 && /maximum|insufficient/.test(reason)
      ? again(fleetbookError('OVERLOADED', { retryAfterMs: FULL_RETRY_MS }))
      : again(fleetbookError('UNAVAILABLE', { service: 'The inbox', reason }));
  }
  if (isFields(value) && typeof value['stream'] === 'string' && typeof value['seq'] === 'number') {
    return { kind: 'final', reply: value['seq'] };
  }
  return again(fleetbookError('UNAVAILABLE', { service: 'The inbox', reason: 'nobody keeps the message' }));
};
