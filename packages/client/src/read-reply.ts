import {
  type BatchReply,
  type CommandReply,
  type FleetbookError,
  fleetbookError,
  type QueryAnswers,
  type QueryName,
  type QueryReply,
} from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';

/*
 * Clients are tolerant: they look at what tells replies apart and ignore fields they do not know,
 * so that a newer service may add some.
 */

const parse = (answer: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
};

const outcomeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'outcome' in value ? value.outcome : undefined;

const isCommandReply = (value: unknown): value is CommandReply => {
  const outcome = outcomeOf(value);
  return outcome === 'accepted' || outcome === 'refused' || outcome === 'unchanged' || outcome === 'error';
};

const isBatchReply = (value: unknown): value is BatchReply =>
  typeof value === 'object' &&
  value !== null &&
  'outcomes' in value &&
  Array.isArray(value.outcomes) &&
  value.outcomes.every(isCommandReply);

const isQueryReply = <Name extends QueryName>(value: unknown): value is QueryReply<QueryAnswers[Name]> => {
  const outcome = outcomeOf(value);
  return outcome === 'answer' || outcome === 'error';
};

const read = <Reply>(
  answer: Uint8Array,
  isReply: (value: unknown) => value is Reply,
): Result<Reply, FleetbookError> => {
  const value = parse(answer);
  return isReply(value)
    ? { ok: true, value }
    : { ok: false, error: fleetbookError('INTERNAL_ERROR', { reason: 'the answer is not a reply of this contract' }) };
};

export const readCommandReply = (answer: Uint8Array): Result<CommandReply, FleetbookError> =>
  read(answer, isCommandReply);

/** A message that is refused as a whole is answered by one error reply. */
export const readBatchReply = (answer: Uint8Array): Result<BatchReply | CommandReply, FleetbookError> =>
  read(answer, (value): value is BatchReply | CommandReply => isBatchReply(value) || isCommandReply(value));

export const readQueryReply = <Name extends QueryName>(
  answer: Uint8Array,
): Result<QueryReply<QueryAnswers[Name]>, FleetbookError> => read(answer, isQueryReply<Name>);
