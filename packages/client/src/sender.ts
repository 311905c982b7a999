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
import { type Sending, sendUntilKnown } from './send-until-known.ts';
import type { Surroundings, Transport } from './transport.ts';

/** What became of something that was sent, maybe several times. */
export interface Sent<Reply> {
  readonly reply: Reply;
  /** An attempt before the one that was answered may have arrived, and have been decided then. */
  readonly mayBeDecided: boolean;
}

/** Sends commands whose ids and times are settled. `endsAtMs` is of the clock that is never set. */
export interface Sender {
  send(message: CommandMessage, endsAtMs: number): Promise<Sent<CommandReply>>;
  sendBatch(messages: readonly CommandMessage[], endsAtMs: number): Promise<Sent<BatchReply | BatchFailure>>;
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
  async function sendAgainAndAgain<Reply>(sending: Sending<Reply>) {
    let mayBeDecided = false;
    const onUnanswered = (): void => {
      mayBeDecided = true;
    };
    const sent = await sendUntilKnown(transport, surroundings, { ...sending, onUnanswered });
    return { sent, mayBeDecided };
  }

  return {
    send: async (message, endsAtMs) => {
      const { sent, mayBeDecided } = await sendAgainAndAgain({
        subject: commandSubject(cell, role, actor, message.command.type),
        payload: encodeCommandMessage(message),
        judge: judgeCommand(seen),
        ...limits(endsAtMs),
      });
      const reply = sent.ok ? sent.value : errorReply(sent.error, { commandId: message.commandId });
      return { reply, mayBeDecided };
    },
    sendBatch: async (messages, endsAtMs) => {
      const { sent, mayBeDecided } = await sendAgainAndAgain({
        subject: commandSubject(cell, role, actor, 'Batch'),
        payload: encodeBatch(messages),
        judge: judgeBatch(seen),
        ...limits(endsAtMs),
      });
      return { reply: sent.ok ? sent.value : queryErrorReply(sent.error), mayBeDecided };
    },
  };
};
