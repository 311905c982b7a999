import {
  fleetbookError,
  type ParkedSettled,
  type ParkedVerb,
  parkedSubject,
  type QueryReply,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, OK, type Run, usageFailure } from '../call.ts';
import { actorOf, connectBusTo, timeLeftMs } from '../session/connection.ts';
import { sequenceOf } from '../session/sequence.ts';
import { findTarget, type Target } from '../session/target.ts';

export const inboxRetry: Run = (call) => settle(call, 'retry', 'it is decided once more');

export const inboxDiscard: Run = async (call) =>
  call.args.isSet('yes')
    ? settle(call, 'discard', 'it is given up')
    : { failure: usageFailure('A discarded message cannot be brought back', 'say --yes') };

async function settle(call: Call, verb: ParkedVerb, effect: string): Promise<Ending> {
  const [sequence, actor, target] = [sequenceOf(call), actorOf(call), await findTarget(call)];
  if (!sequence.ok) {
    return { failure: sequence.error };
  }
  if (!actor.ok) {
    return { failure: actor.error };
  }
  if (!target.ok) {
    return { failure: target.error };
  }
  const subject = parkedSubject(target.value.cell, verb, actor.value, sequence.value);
  const settled = await ask(target.value, subject, timeLeftMs(call));
  if (!settled.ok) {
    return { failure: settled.error };
  }
  call.terminal.print(call.args.isSet('json') ? JSON.stringify(settled.value) : `message ${sequence.value}: ${effect}`);
  return OK;
}

/** Errors: NOT_FOUND when no such message is parked, NO_RESPONDERS when no tracker is in office, TIMEOUT. */
async function ask(target: Target, subject: string, timeoutMs: number): Promise<Result<ParkedSettled, Failure>> {
  const bus = await connectBusTo(target);
  if (!bus.ok) {
    return bus;
  }
  try {
    const reply = await bus.value.request(subject, '', timeoutMs);
    switch (reply.status) {
      case 'reply': {
        const read: unknown = JSON.parse(reply.payload.toString('utf8'));
        if (!isSettledReply(read)) {
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

/** What is read of it here; a newer tracker may say more. */
function isSettledReply(reply: unknown): reply is QueryReply<ParkedSettled> {
  const { outcome, answer, error } = Object(reply);
  return outcome === 'answer'
    ? Number.isSafeInteger(Object(answer).sequence)
    : outcome === 'error' && typeof Object(error).code === 'string';
}
