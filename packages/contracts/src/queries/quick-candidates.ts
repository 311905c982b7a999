import { isCount, isPlainRequest } from '../commands/quick-parts.ts';
import { type Check, isOneOf, isPositive, isRecord } from '../json/check.ts';
import type { JsonObject } from '../json/reader.ts';
import { parseToken } from '../token.ts';
import type { QueryBodies } from './bodies.ts';
import { MAXIMUM_DEADLINE_MS, MAXIMUM_LIMIT } from './limits.ts';

const isAtMost =
  (check: Check, maximum: number): Check =>
  (value) =>
    check(value) && Number(value) <= maximum;

const isPlainQuestion = isRecord(
  { request: isPlainRequest },
  {
    atLeast: (value) => typeof value === 'string' && parseToken(value) !== undefined,
    deadlineMs: isAtMost(isCount, MAXIMUM_DEADLINE_MS),
    limit: isAtMost(isPositive, MAXIMUM_LIMIT),
    strategy: isOneOf('pack', 'spread'),
  },
);

/** Whether a body asks for candidates of the present that have plain resources, whatever else they are. */
export const isQuickCandidates = (body: JsonObject): body is JsonObject & QueryBodies['candidates'] =>
  isPlainQuestion(body);
