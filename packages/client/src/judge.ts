import {
  type BatchReply,
  type CommandReply,
  type ErrorReply,
  errorReply,
  type FleetbookError,
  type QueryAnswers,
  type QueryName,
  type QueryReply,
  queryErrorReply,
} from '@fleetbook/contracts';
import type { BatchFailure } from './client.ts';
import { readBatchReply, readCommandReply, readQueryReply } from './read-reply.ts';
import type { SeenToken } from './seen-token.ts';
import type { Attempt } from './send-until-known.ts';

const again = (error: FleetbookError): Attempt<never> => {
  const hint = error.details['retryAfterMs'];
  return typeof hint === 'number' ? { kind: 'again', error, retryAfterMs: hint } : { kind: 'again', error };
};

const final = <Reply>(reply: Reply): Attempt<Reply> => ({ kind: 'final', reply });

const isUndecided = (reply: CommandReply): reply is ErrorReply =>
  reply.outcome === 'error' && reply.error.retry === 'same-id';

const see = (seen: SeenToken, reply: CommandReply): void => {
  if (reply.outcome !== 'error') {
    seen.see(reply.token);
  }
};

export const judgeCommand =
  (seen: SeenToken) =>
  (answer: Uint8Array): Attempt<CommandReply> => {
    const read = readCommandReply(answer);
    if (!read.ok) {
      return final(errorReply(read.error));
    }
    see(seen, read.value);
    return isUndecided(read.value) ? again(read.value.error) : final(read.value);
  };

/** A batch is repeated whole while any of its commands is undecided: the others get the outcome they already have. */
export const judgeBatch =
  (seen: SeenToken) =>
  (answer: Uint8Array): Attempt<BatchReply | BatchFailure> => {
    const read = readBatchReply(answer);
    if (!read.ok) {
      return final(queryErrorReply(read.error));
    }
    const replies = 'outcomes' in read.value ? read.value.outcomes : [read.value];
    for (const reply of replies) {
      see(seen, reply);
    }
    const undecided = replies.find(isUndecided);
    if (undecided !== undefined) {
      return again(undecided.error);
    }
    return final('outcome' in read.value && read.value.outcome === 'error' ? read.value : { outcomes: replies });
  };

export const judgeQuery =
  <Name extends QueryName>(_name: Name, seen: SeenToken) =>
  (answer: Uint8Array): Attempt<QueryReply<QueryAnswers[Name]>> => {
    const read = readQueryReply<Name>(answer);
    if (!read.ok) {
      return final(queryErrorReply(read.error));
    }
    const reply = read.value;
    if (reply.outcome === 'answer') {
      seen.see(reply.token);
    } else if (reply.error.code === 'HISTORY_CHANGED') {
      seen.forget(String(reply.error.details['wanted']));
    } else if (reply.error.retry === 'same-id') {
      return again(reply.error);
    }
    return final(reply);
  };
