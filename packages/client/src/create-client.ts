import {
  type CommandReply,
  commandSubject,
  encodeBatch,
  encodeCommandMessage,
  encodeQuery,
  errorReply,
  type QueryAnswers,
  type QueryBodies,
  type QueryName,
  type QueryReply,
  queryErrorReply,
  querySubject,
  type SenderRole,
} from '@fleetbook/contracts';
import type { Actor, Command, CommandMessage, CommandType, Origin } from '@fleetbook/domain';
import type { AskOptions, FleetbookClient, SendOptions } from './client.ts';
import { judgeBatch, judgeCommand, judgeQuery } from './judge.ts';
import { createLedgerClock } from './ledger-clock.ts';
import { createSeenToken } from './seen-token.ts';
import { sendUntilKnown } from './send-until-known.ts';
import { entryToCommand, toCommand } from './to-command.ts';
import type { Surroundings, Transport } from './transport.ts';

/** Who the client is, and how long it tries. */
export interface ClientSettings {
  readonly cell: string;
  readonly role: SenderRole;
  readonly actor: string;
  readonly origin: Origin;
  /** Of a command or query in all, milliseconds. */
  readonly timeoutMs: number;
  /** Of one attempt, milliseconds. */
  readonly attemptTimeoutMs: number;
}

/** The ledger recorded nothing and says what time it has: the same command may go again with a corrected time. */
const correctedTime = (reply: CommandReply): number | undefined =>
  reply.outcome === 'error' && reply.error.code === 'CLOCK_AHEAD' ? reply.at : undefined;

export const createClient = (
  settings: ClientSettings,
  transport: Transport,
  surroundings: Surroundings,
): FleetbookClient => {
  const { cell, role, actor, origin } = settings;
  const sender: Actor = { role, id: actor };
  const seen = createSeenToken();
  const clock = createLedgerClock(surroundings.now);

  const envelope = (command: Command, options: SendOptions): CommandMessage => ({
    commandId: options.commandId ?? surroundings.newId(),
    issuedAt: options.issuedAt ?? clock.now(),
    ...(options.correlationId === undefined ? {} : { correlationId: options.correlationId }),
    actor: sender,
    command,
  });

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

  const ask = async <Name extends QueryName>(
    name: Name,
    body: QueryBodies[Name],
    options: AskOptions = {},
  ): Promise<QueryReply<QueryAnswers[Name]>> => {
    const atLeast = body.atLeast ?? (options.mayBeOlder === true ? undefined : seen.current());
    const { timeoutMs, attemptTimeoutMs } = limits(options.timeoutMs);
    const deadlineMs = Math.max(1, Math.floor(Math.min(timeoutMs, attemptTimeoutMs) / 2));
    const sent = await sendUntilKnown(transport, surroundings, {
      subject: querySubject(cell, name),
      payload: encodeQuery(name, { ...body, ...(atLeast === undefined ? {} : { atLeast }), deadlineMs }),
      judge: judgeQuery(name, seen),
      timeoutMs,
      attemptTimeoutMs,
    });
    return sent.ok ? sent.value : queryErrorReply(sent.error);
  };

  return { cell, role, actor, send, sendBatch, ask, token: seen.current };
};
