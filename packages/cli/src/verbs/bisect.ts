import {
  type BisectAnswer,
  type BisectTerm,
  encodeQuery,
  fleetbookError,
  parsePredicate,
  parseQuery,
} from '@fleetbook/contracts';
import { type Ending, OK, type Run } from '../call.ts';
import { eventLine } from '../output/events.ts';
import { printFacts, styled } from '../output/table.ts';
import { ask, sayWhen } from '../session/question.ts';
import { withPast } from '../session/source.ts';

export const bisect: Run = async (call) => {
  const predicate = call.args.word('PREDICATE');
  const read = parseQuery('bisect', encodeQuery('bisect', { predicate }));
  if (!read.ok) {
    return { failure: read.error };
  }
  const parsed = parsePredicate(predicate);
  if (!parsed.ok) {
    return { failure: fleetbookError('PREDICATE_INVALID', { ...parsed.error }) };
  }
  return withPast(call, async (source): Promise<Ending> => {
    const reply = await ask(call, source, 'bisect', { predicate });
    if (!reply.ok) {
      return { failure: reply.error };
    }
    const { answer } = reply.value;
    const { instant, events, value, before, first, terms = [], examined } = answer;
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify(reply.value));
      return OK;
    }
    call.terminal.print(styled(call.terminal, 'bold', headline(answer)));
    printFacts(call.terminal, [
      ['recorded', new Date(instant.at).toISOString()],
      ...(terms.length === 0 ? [['value', `${before} -> ${value}`] as const] : terms.map(termFact)),
      ...(isSinceBefore(answer) ? [] : [['command', events[0]?.commandId ?? ''] as const]),
      ...(first === undefined
        ? []
        : [['known from', `event ${first}, with which the file begins; so do counts`] as const]),
    ]);
    if (!isSinceBefore(answer)) {
      events.forEach((event) => void call.terminal.print(eventLine(event)));
    }
    call.terminal.say(styled(call.terminal, 'dim', `${examined} events looked at`));
    sayWhen(call.terminal, reply.value);
    return OK;
  });
};

function headline(answer: BisectAnswer): string {
  const { instant, wasTrue = false } = answer;
  if (isSinceBefore(answer)) {
    return `true since event ${instant.number} or before`;
  }
  return `true ${wasTrue ? 'again ' : ''}since event ${instant.number}`;
}

/** Whether it has been true since before the file that was asked: no decision of the file made it so. */
function isSinceBefore({ events, wasTrue = false, first }: BisectAnswer): boolean {
  return wasTrue && events.some(({ number }) => number === first);
}

function termFact(turn: BisectTerm): readonly [string, string] {
  return [turn.term, `${turn.before} -> ${turn.value}${turn.isTrue ? '' : ', not true'}`];
}
