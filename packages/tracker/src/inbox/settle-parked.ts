import {
  fleetbookError,
  formatToken,
  type ParkedSettled,
  parseParkedSubject,
  type QueryReply,
  queryErrorReply,
} from '@fleetbook/contracts';
import type { WriterState } from '../office/writer-state.ts';
import type { InboxDrain } from './inbox-drain.ts';

export interface SettleFacts {
  readonly drain: InboxDrain | undefined;
  readonly state: WriterState;
  readonly historyId: string;
}

/** Does what an operator's subject asks for. The reply is true once everything in the state is durable. */
export function settleParked(subject: string, { drain, state, historyId }: SettleFacts): QueryReply<ParkedSettled> {
  const address = parseParkedSubject(subject);
  if (!address.ok) {
    return queryErrorReply(address.error);
  }
  if (drain === undefined) {
    return queryErrorReply(fleetbookError('UNAVAILABLE', { service: 'The inbox', reason: 'this cell has none' }));
  }
  const { verb, sequence, actor } = address.value;
  const objection = drain.settle(verb, sequence, { role: 'operator', id: actor });
  if (objection !== undefined) {
    return queryErrorReply(objection);
  }
  const { lastNumber, lastAt } = state;
  return { outcome: 'answer', token: formatToken(historyId, lastNumber), at: lastAt, answer: { verb, sequence } };
}
