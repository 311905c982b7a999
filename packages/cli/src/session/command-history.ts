import { type AnswerReply, type HistoryAnswer, type HistoryQuery, parseToken } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import type { Failure } from '../call.ts';

export type HistoryTerms = Pick<HistoryQuery, 'before' | 'asOf'>;

type Asked = Result<AnswerReply<HistoryAnswer>, Failure>;

export interface CommandHistoryQuestions {
  readonly ask: (terms: HistoryTerms) => Promise<Asked>;
  /** Whether services answer: they keep an index of the past. */
  readonly isLive: boolean;
}

/**
 * The events of a command, however old it is: a question about now looks through one stretch of the log only, which
 * says nothing of what is not in it.
 */
export async function historyOfCommand({ ask, isLive }: CommandHistoryQuestions): Promise<Asked> {
  let reply = await ask({});
  if (isLive) {
    const number = goesOn(reply) === undefined || !reply.ok ? undefined : parseToken(reply.value.token)?.number;
    return number === undefined ? reply : ask({ asOf: String(number) });
  }
  for (let before = goesOn(reply); before !== undefined; before = goesOn(reply)) {
    reply = await ask({ before });
  }
  return reply;
}

/** Before which event it has to be looked for further; undefined where it is found, or there is none. */
function goesOn(reply: Asked): number | undefined {
  return reply.ok && reply.value.answer.events.length === 0 ? reply.value.answer.next : undefined;
}
