import {
  type BisectAnswer,
  type BisectQuery,
  type FleetbookError,
  fleetbookError,
  formatToken,
  type Predicate,
  parsePredicate,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { pastFacts } from '../past/ask-one.ts';
import { positionsUntil, readNumbers } from '../past/event-source.ts';
import { momentOf } from '../past/moment.ts';
import { findCount } from './find-count.ts';
import { findFigure } from './find-figure.ts';

/**
 * Where a predicate became true first, up to event `last`. Errors: PREDICATE_INVALID, NEVER_TRUE, and NOT_FOUND for a
 * node that there never was.
 */
export async function answerBisect(
  index: ReplayIndex,
  { predicate: text }: BisectQuery,
  last: number,
): Promise<Result<BisectAnswer, FleetbookError>> {
  const predicate = parsePredicate(text);
  if (!predicate.ok) {
    return fail(fleetbookError('PREDICATE_INVALID', { ...predicate.error }));
  }
  if (!(await isAboutKnown(index, predicate.value, last))) {
    return fail(fleetbookError('NOT_FOUND', subjectOf(predicate.value)));
  }
  const { turn, examined } =
    predicate.value.kind === 'figure'
      ? await findFigure(index, predicate.value, last)
      : await findCount(index, predicate.value, last);
  if (turn === undefined) {
    return fail(fleetbookError('NEVER_TRUE', { predicate: text, last }));
  }
  const { first, value, before } = turn;
  const numbers = Array.from({ length: turn.last - first + 1 }, (_unused, offset) => first + offset);
  const token = formatToken(index.historyIdAt(turn.last), turn.last);
  const moment = await momentOf(index.segments, turn.last);
  if (moment === undefined) {
    throw new Error(`event ${turn.last} was found and is not there`);
  }
  const instant = { token, ...pastFacts(moment, { proof: 'log' as const }) };
  return succeed({ instant, events: await readNumbers(index, numbers), value, before, examined });
}

async function isAboutKnown(index: ReplayIndex, predicate: Predicate, last: number): Promise<boolean> {
  return predicate.kind === 'count' || (await positionsUntil(index, keyOf.node(predicate.node), last)).length > 0;
}

function subjectOf(predicate: Predicate): { readonly kind: string; readonly id: string } {
  return { kind: 'node', id: predicate.kind === 'figure' ? predicate.node : '' };
}
