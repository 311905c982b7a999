import { setTimeout as delay } from 'node:timers/promises';
import { fleetbookError, type HandOverAnswer, handOverSubject, type WriterAnswer } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Ending, type Failure, OK, type Run } from '../call.ts';
import { printFacts } from '../output/table.ts';
import { askWriter } from '../session/ask-writer.ts';
import { timeLeftMs } from '../session/connection.ts';
import { openServicesAt } from '../session/service-source.ts';
import type { Source } from '../session/source.ts';
import { findTarget } from '../session/target.ts';

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
    const subject = handOverSubject(target.value.cell);
    const asked = { subject, body: '{}', isAnswer: isHandOver, timeoutMs: timeLeftMs(call) };
    const handOver = await askWriter(target.value, asked);
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

function isHandOver(answer: unknown): answer is HandOverAnswer {
  const { writer, epoch, successor } = Object(answer);
  return typeof writer === 'string' && Number.isSafeInteger(epoch) && typeof successor === 'string';
}
