import type { BisectAnswer } from '@fleetbook/contracts';
import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import type { TestPast } from './past-of.ts';

/** The answer, as its schema has it, or the code of the error. */
export async function bisect(past: TestPast, predicate: string): Promise<BisectAnswer | string> {
  const reply = await past.ask('bisect', { predicate });
  if (reply.outcome === 'error') {
    return reply.error.code;
  }
  ANSWER_SCHEMAS.bisect.parse(reply.answer);
  const isAnswer = (_value: unknown): _value is BisectAnswer => true;
  return isAnswer(reply.answer) ? reply.answer : '';
}
