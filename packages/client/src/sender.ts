import {
  type BatchReply,
  type CommandReply,
  commandSubject,
  encodeBatch,
  encodeCommandMessage,
  errorReply,
  queryErrorReply,
} from '@fleetbook/contracts';
import type { CommandMessage } from '@fleetbook/domain';
import type { ClientSettings } from './ask.ts';
import type { BatchFailure } from './client.ts';
import { judgeBatch, judgeCommand } from './judge.ts';
import type { SeenToken } from './seen-token.ts';
import { sendUntilKnown } from './send-until-known.ts';
import type { Surroundings, Transport } from './transport.ts';

/** Sends commands whose ids and times are settled. `endsAtMs` is of the clock that is never set. */
export interface Sender {
  send(message: CommandMessage, endsAtMs: number): Promise<CommandReply>;
  sendBatch(messages: readonly CommandMessage[], endsAtMs: number): Promise<BatchReply | BatchFailure>;
}

export const createSender = (
  { cell, role, actor, attemptTimeoutMs }: ClientSettings,
  transport: Transport,
  surroundings: Surroundings,
  seen: SeenToken,
): Sender => {
  const limits = (endsAtMs: number) => ({
    timeoutMs: Math.max(1, endsAtMs - surroundings.monotonicMs()),
    attemptTimeoutMs,
  });
  return {
    send: async (message, endsAtMs) => {
      const sent = await sendUntilKnown(transport, surroundings, {
        subject: commandSubject(cell, role, actor, message.command.type),
        payload: encodeCommandMessage(message),
        judge: judgeCommand(seen),
        ...limits(endsAtMs),
      });
      return sent.ok ? sent.value : errorReply(sent.error, { commandId: message.commandId });
    },
    sendBatch: async (messages, endsAtMs) => {
      const sent = await sendUntilKnown(transport, surroundings, {
        subject: commandSubject(cell, role, actor, 'Batch'),
        payload: encodeBatch(messages),
        judge: judgeBatch(seen),
        ...limits(endsAtMs),
      });
      return sent.ok ? sent.value : queryErrorReply(sent.error);
    },
  };
};
