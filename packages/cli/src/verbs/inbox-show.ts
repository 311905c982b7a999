import { fleetbookError, type ParkedAnswer } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { InboxMessage } from '@fleetbook/event-log';
import { type Ending, type Failure, OK, type Run } from '../call.ts';
import { printFacts } from '../output/table.ts';
import { connectBusTo } from '../session/connection.ts';
import { orFailure } from '../session/log-at.ts';
import { sequenceOf } from '../session/sequence.ts';
import { openServicesAt } from '../session/service-source.ts';
import { findTarget, type Target } from '../session/target.ts';

export const inboxShow: Run = async (call): Promise<Ending> => {
  const sequence = sequenceOf(call);
  if (!sequence.ok) {
    return { failure: sequence.error };
  }
  const target = await findTarget(call);
  if (!target.ok) {
    return { failure: target.error };
  }
  const message = await readMessage(target.value, sequence.value);
  if (!message.ok) {
    return { failure: message.error };
  }
  const source = await openServicesAt(call, target.value);
  if (!source.ok) {
    return { failure: source.error };
  }
  const reply = await source.value.ask('inbox', {}).finally(() => source.value.close());
  if (reply.outcome === 'error') {
    return { failure: reply.error };
  }
  const { upTo, parked } = reply.answer;
  const found = parked.find((each) => each.sequence === sequence.value);
  const { subject, storedAt, payload } = message.value;
  const state = found === undefined ? (sequence.value > upTo ? 'waiting' : 'dealt with') : 'parked';
  if (call.args.isSet('json')) {
    const bytes = { text: textOf(payload), base64: Buffer.from(payload).toString('base64') };
    call.terminal.print(
      JSON.stringify({ sequence: sequence.value, state, subject, storedAt, ...bytes, parked: found }),
    );
    return OK;
  }
  printFacts(call.terminal, [
    ['message', String(sequence.value)],
    ['state', state],
    ['subject', subject],
    ['put', new Date(storedAt).toISOString()],
    ...(found === undefined ? [] : factsOf(found)),
  ]);
  call.terminal.print(textOf(payload));
  return OK;
};

const factsOf = ({ code, reason, since }: ParkedAnswer): readonly (readonly [string, string])[] => [
  ['parked', new Date(since).toISOString()],
  ['because', `${code}: ${reason}`],
];

const textOf = (payload: Uint8Array): string => Buffer.from(payload).toString('utf8');

async function readMessage(target: Target, sequence: number): Promise<Result<InboxMessage, Failure>> {
  const bus = await connectBusTo(target);
  if (!bus.ok) {
    return bus;
  }
  try {
    const { openJetStreamInbox } = await import('@fleetbook/event-log/jetstream');
    const inbox = openJetStreamInbox({ connection: bus.value.connection, cell: target.cell });
    const message = await orFailure(() => inbox.next(sequence - 1));
    if (!message.ok) {
      return message;
    }
    return message.value?.sequence === sequence
      ? succeed(message.value)
      : fail(fleetbookError('NOT_FOUND', { kind: 'message of the inbox', id: String(sequence) }));
  } finally {
    await bus.value.close();
  }
}
