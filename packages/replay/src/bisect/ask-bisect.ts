import {
  type BisectAnswer,
  type BisectQuery,
  type FleetbookError,
  fleetbookError,
  formatToken,
  parsePredicate,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { toSafe } from '@fleetbook/projector/past';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { pastFacts } from '../past/ask-one.ts';
import { positionsUntil, readNumbers } from '../past/event-source.ts';
import { firstOfFile, isKnownBefore } from '../past/known-before.ts';
import { momentOf } from '../past/moment.ts';
import { proofOfEvents } from '../past/past-view.ts';
import { findTurn, type TermTurn, termsOf } from './find-turn.ts';

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
  const first = firstOfFile(index);
  for (const term of termsOf(predicate.value)) {
    if (term.kind === 'figure' && term.node !== undefined && !(await isKnown(index, term.node, last))) {
      return fail(fleetbookError('NOT_FOUND', { kind: 'node', id: term.node }));
    }
  }
  const { turn, wasTrueBefore, examined } = await findTurn(index, predicate.value, last);
  const begin = first === undefined ? {} : { first };
  if (turn === undefined) {
    const before = first !== undefined && wasTrueBefore ? { trueBefore: first } : {};
    return fail(fleetbookError('NEVER_TRUE', { predicate: text, last, ...begin, ...before }));
  }
  const { terms } = turn;
  const numbers = Array.from({ length: turn.last - turn.first + 1 }, (_unused, offset) => turn.first + offset);
  const token = formatToken(index.historyIdAt(turn.last), turn.last);
  const moment = await momentOf(index.segments, turn.last);
  if (moment === undefined) {
    throw new Error(`event ${turn.last} was found and is not there`);
  }
  const instant = { token, ...pastFacts(moment, await proofOfEvents(index)) };
  const turned = terms.find(({ wasTrue, isTrue }) => isTrue && !wasTrue) ?? terms.find(({ isTrue }) => isTrue);
  const { before = 0, value = 0 } = turned ?? {};
  const several = terms.length === 1 ? {} : { terms: terms.map(termView) };
  const earlier = turn.wasTrue || wasTrueBefore ? { wasTrue: true } : {};
  return succeed({
    instant,
    events: await readNumbers(index, numbers),
    value: toSafe(value),
    before: toSafe(before),
    ...earlier,
    ...begin,
    ...several,
    examined,
  });
}

function termView({ term, before, value, isTrue }: TermTurn): NonNullable<BisectAnswer['terms']>[number] {
  return { term: term.text, before: toSafe(before), value: toSafe(value), isTrue };
}

async function isKnown(index: ReplayIndex, node: string, last: number): Promise<boolean> {
  return (await positionsUntil(index, keyOf.node(node), last)).length > 0 || (await isKnownBefore(index, { node }));
}
