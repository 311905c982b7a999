import { fleetbookError, type QueryReply } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Failure } from '../call.ts';
import { connectBusTo } from './connection.ts';
import type { Target } from './target.ts';

interface Asked<Answer> {
  readonly subject: string;
  readonly body: string;
  /** Whether an answer has what is read of it here; a newer tracker may say more. */
  readonly isAnswer: (answer: unknown) => answer is Answer;
  readonly timeoutMs: number;
}

/**
 * Asks the tracker in office to do what is no command of the ledger. Errors: the tracker's own, NO_RESPONDERS when
 * none is in office, TIMEOUT.
 */
export async function askWriter<Answer>(
  target: Target,
  { subject, body, isAnswer, timeoutMs }: Asked<Answer>,
): Promise<Result<Answer, Failure>> {
  const bus = await connectBusTo(target);
  if (!bus.ok) {
    return bus;
  }
  try {
    const reply = await bus.value.request(subject, body, timeoutMs);
    switch (reply.status) {
      case 'reply': {
        const read: unknown = JSON.parse(reply.payload.toString('utf8'));
        if (!isReply(read, isAnswer)) {
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

function isReply<Answer>(reply: unknown, isAnswer: (answer: unknown) => answer is Answer): reply is QueryReply<Answer> {
  const { outcome, answer, error } = Object(reply);
  return outcome === 'answer' ? isAnswer(answer) : outcome === 'error' && typeof Object(error).code === 'string';
}
