import type { Command, CommandMessage } from '@fleetbook/domain';
import { type ClientSettings, createAsk } from './ask.ts';
import { sendAtLedgerTime, sendBatchAtLedgerTime } from './at-ledger-time.ts';
import type { FleetbookClient, SendOptions } from './client.ts';
import { createEnqueue } from './enqueue.ts';
import { createLedgerClock, type LedgerClock } from './ledger-clock.ts';
import { createSeenToken } from './seen-token.ts';
import { createSender } from './sender.ts';
import { entryToCommand, toCommand } from './to-command.ts';
import type { Surroundings, Transport } from './transport.ts';

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
  const sender = createSender(settings, transport, surroundings, seen);
  const termsOf = ({ timeoutMs = settings.timeoutMs, issuedAt }: Pick<SendOptions, 'timeoutMs' | 'issuedAt'>) => ({
    endsAtMs: surroundings.monotonicMs() + timeoutMs,
    isTimeGiven: issuedAt !== undefined,
  });

  const send: FleetbookClient['send'] = async (type, fields, options = {}) => {
    const message = envelope(toCommand(type, fields, origin), options);
    return sendAtLedgerTime(sender, clock, message, termsOf(options));
  };

  const sendBatch: FleetbookClient['sendBatch'] = async (entries, options = {}) => {
    const messages = entries.map((entry) =>
      envelope(entryToCommand(entry, origin), {
        ...options,
        ...(entry.commandId === undefined ? {} : { commandId: entry.commandId }),
      }),
    );
    return sendBatchAtLedgerTime(sender, clock, messages, termsOf(options));
  };

  return {
    cell,
    role,
    actor,
    send,
    enqueue: createEnqueue(settings, transport, surroundings, (type, fields, options) =>
      envelope(toCommand(type, fields, origin), options),
    ),
    sendBatch,
    ask: createAsk(settings, transport, surroundings, seen),
    token: seen.current,
  };
};
