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

/** Undefined for what is no JSON. */
export const parseAnswer = (answer: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isError = (value: unknown): boolean =>
  isFields(value) &&
  typeof value['code'] === 'string' &&
  typeof value['retry'] === 'string' &&
  isFields(value['details']);

/** Has what a reply of its outcome is read for here: an error what to do about it, any other its token. */
const isReply = (value: unknown, outcomes: readonly string[]): boolean => {
  if (!isFields(value) || typeof value['outcome'] !== 'string') return false;
  const { outcome, error, token } = value;
  if (outcome === 'error') return isError(error);
  return outcomes.includes(outcome) && typeof token === 'string' && (outcome !== 'refused' || isError(error));
};

const RECORDED_OR_UNCHANGED = ['accepted', 'refused', 'unchanged'];

const isCommandReply = (value: unknown): value is CommandReply => isReply(value, RECORDED_OR_UNCHANGED);

const isBatchReply = (value: unknown): value is BatchReply =>
  isFields(value) && Array.isArray(value['outcomes']) && value['outcomes'].every(isCommandReply);

const isQueryReply = <Name extends QueryName>(value: unknown): value is QueryReply<QueryAnswers[Name]> =>
  isReply(value, ['answer']);

const read = <Reply>(
  answer: Uint8Array,
  isRight: (value: unknown) => value is Reply,
): Result<Reply, FleetbookError> => {
  const value = parseAnswer(answer);
  return isRight(value)
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
