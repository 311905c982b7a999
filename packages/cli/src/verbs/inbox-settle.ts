import { type ParkedSettled, type ParkedVerb, parkedSubject } from '@fleetbook/contracts';
import { type Call, type Ending, OK, type Run, usageFailure } from '../call.ts';
import { askWriter } from '../session/ask-writer.ts';
import { actorOf, timeLeftMs } from '../session/connection.ts';
import { sequenceOf } from '../session/sequence.ts';
import { findTarget } from '../session/target.ts';

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
  const asked = { subject, body: '', isAnswer: isSettled, timeoutMs: timeLeftMs(call) };
  const settled = await askWriter(target.value, asked);
  if (!settled.ok) {
    return { failure: settled.error };
  }
  call.terminal.print(call.args.isSet('json') ? JSON.stringify(settled.value) : `message ${sequence.value}: ${effect}`);
  return OK;
}

function isSettled(answer: unknown): answer is ParkedSettled {
  return Number.isSafeInteger(Object(answer).sequence);
}
