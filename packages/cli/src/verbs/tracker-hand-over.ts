import { setTimeout as delay } from 'node:timers/promises';
import {
  fleetbookError,
  type HandOverAnswer,
  handOverSubject,
  type QueryReply,
  type WriterAnswer,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Ending, type Failure, OK, type Run } from '../call.ts';
import { printFacts } from '../output/table.ts';
import { connectBusTo, timeLeftMs } from '../session/connection.ts';
import { openServicesAt } from '../session/service-source.ts';
import type { Source } from '../session/source.ts';
import { findTarget, type Target } from '../session/target.ts';

const POLL_MS = 20;

export const trackerHandOver: Run = async (call): Promise<Ending> => {
  const target = await findTarget(call);
  if (!target.ok) {
    return { failure: target.error };
  }
  const source = await openServicesAt(call, target.value);
  if (!source.ok) {
    return { failure: source.error };
  }
  try {
    const handOver = await ask(target.value, timeLeftMs(call));
    if (!handOver.ok) {
      return { failure: handOver.error };
    }
    const writer = await whenInOffice(source.value, handOver.value, () => timeLeftMs(call));
    if (!writer.ok) {
      return { failure: writer.error };
    }
    const { epoch, writer: to } = writer.value;
    const { writer: from } = handOver.value;
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify({ outcome: 'handed-over', from, to, epoch }));
    } else {
      printFacts(call.terminal, [
        ['handed over', `from ${from}, epoch ${handOver.value.epoch}`],
        ['in office', `${to}, epoch ${epoch}`],
      ]);
    }
    return OK;
  } finally {
    await source.value.close();
  }
};

/** Errors: UNAVAILABLE when no tracker stands by, NO_RESPONDERS when none is in office, TIMEOUT. */
async function ask(target: Target, timeoutMs: number): Promise<Result<HandOverAnswer, Failure>> {
  const bus = await connectBusTo(target);
  if (!bus.ok) {
    return bus;
  }
  const subject = handOverSubject(target.cell);
  try {
    const reply = await bus.value.request(subject, '{}', timeoutMs);
    switch (reply.status) {
      case 'reply': {
        const read: unknown = JSON.parse(reply.payload.toString('utf8'));
        if (!isHandOverReply(read)) {
          return fail(fleetbookError('INTERNAL_ERROR', { reason: 'the answer is not a reply of this contract' }));
        }
        return read.outcome === 'answer' ? succeed(read.answer) : fail(read.error);
      }
      case 'no-responders':
        return fail(fleetbookError('NO_RESPONDERS', { subject }));
      case 'not-sent':
      case 'timeout':
      case 'connection-lost':
        return fail(fleetbookError('TIMEOUT', { timeoutMs }));
    }
  } finally {
    await bus.value.close();
  }
}

/** The writer has left: now the one that was to follow must say that it is in office, or another with a later epoch. */
async function whenInOffice(
  source: Source,
  { epoch }: HandOverAnswer,
  leftMs: () => number,
): Promise<Result<WriterAnswer, Failure>> {
  for (;;) {
    const reply = await source.ask('writer', {});
    if (reply.outcome === 'answer' && reply.answer.epoch > epoch) {
      return succeed(reply.answer);
    }
    if (leftMs() <= 1) {
      return fail(reply.outcome === 'answer' ? fleetbookError('TIMEOUT') : reply.error);
    }
    await delay(POLL_MS);
  }
}

/** What is read of it here; a newer tracker may say more. */
function isHandOverReply(reply: unknown): reply is QueryReply<HandOverAnswer> {
  const { outcome, answer, error } = Object(reply);
  const { writer, epoch, successor } = Object(answer);
  return outcome === 'answer'
    ? typeof writer === 'string' && Number.isSafeInteger(epoch) && typeof successor === 'string'
    : outcome === 'error' && typeof Object(error).code === 'string';
}
