import {
  type CommandReply,
  commandSubject,
  encodeBatch,
  encodeCommandMessage,
  errorReply,
  queryErrorReply,
} from '@fleetbook/contracts';
import type { Command, CommandMessage, CommandType } from '@fleetbook/domain';
import { type ClientSettings, createAsk } from './ask.ts';
import type { FleetbookClient, SendOptions } from './client.ts';
import { judgeBatch, judgeCommand } from './judge.ts';
import { createLedgerClock, type LedgerClock } from './ledger-clock.ts';
import { createSeenToken } from './seen-token.ts';
import { sendUntilKnown } from './send-until-known.ts';
import { entryToCommand, toCommand } from './to-command.ts';
import type { Surroundings, Transport } from './transport.ts';

/** The ledger recorded nothing and says what time it has: the same command may go again with a corrected time. */
const correctedTime = (reply: CommandReply): number | undefined =>
  reply.outcome === 'error' && reply.error.code === 'CLOCK_AHEAD' ? reply.at : undefined;

const envelopesOf =
  ({ role, actor }: Pick<ClientSettings, 'role' | 'actor'>, clock: LedgerClock, surroundings: Surroundings) =>
  (command: Command, options: SendOptions): CommandMessage => ({
    commandId: options.commandId ?? surroundings.newId(),
    issuedAt: options.issuedAt ?? clock.now(),
    ...(options.correlationId === undefined ? {} : { correlationId: options.correlationId }),
    actor: { role, id: actor },
    command,
  });

export const createClient = (
  settings: ClientSettings,
  transport: Transport,
  surroundings: Surroundings,
): FleetbookClient => {
  const { cell, role, actor, origin } = settings;
  const seen = createSeenToken();
  const clock = createLedgerClock(surroundings.now);

  const envelope = envelopesOf({ role, actor }, clock, surroundings);
  const limits = (timeoutMs = settings.timeoutMs) => ({ timeoutMs, attemptTimeoutMs: settings.attemptTimeoutMs });

  const sendMessage = async (message: CommandMessage, timeoutMs?: number): Promise<CommandReply> => {
    const sent = await sendUntilKnown(transport, surroundings, {
      subject: commandSubject(cell, role, actor, message.command.type),
      payload: encodeCommandMessage(message),
      judge: judgeCommand(seen),
      ...limits(timeoutMs),
    });
    return sent.ok ? sent.value : errorReply(sent.error, { commandId: message.commandId });
  };

  const send = async <Type extends CommandType>(
    type: Type,
    fields: Parameters<typeof toCommand<Type>>[1],
    options: SendOptions = {},
  ): Promise<CommandReply> => {
    const message = envelope(toCommand(type, fields, origin), options);
    const reply = await sendMessage(message, options.timeoutMs);
    const ledgerAt = correctedTime(reply);
    if (ledgerAt === undefined) {
      return reply;
    }
    clock.correct(ledgerAt);
    if (options.issuedAt !== undefined) {
      return reply;
    }
    return sendMessage({ ...message, issuedAt: clock.now() }, options.timeoutMs);
  };

  const sendBatch: FleetbookClient['sendBatch'] = async (entries, options = {}) => {
    const messages = entries.map((entry) =>
      envelope(entryToCommand(entry, origin), {
        ...options,
        ...(entry.commandId === undefined ? {} : { commandId: entry.commandId }),
      }),
    );
    const sent = await sendUntilKnown(transport, surroundings, {
      subject: commandSubject(cell, role, actor, 'Batch'),
      payload: encodeBatch(messages),
      judge: judgeBatch(seen),
      ...limits(options.timeoutMs),
    });
    return sent.ok ? sent.value : queryErrorReply(sent.error);
  };

  return {
    cell,
    role,
    actor,
    send,
    sendBatch,
    ask: createAsk(settings, transport, surroundings, seen),
    token: seen.current,
  };
};
