import { type BisectTerm, encodeQuery, fleetbookError, parsePredicate, parseQuery } from '@fleetbook/contracts';
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
    const { instant, events, value, before, wasTrue = false, terms = [], examined } = reply.value.answer;
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify(reply.value));
      return OK;
    }
    call.terminal.print(
      styled(call.terminal, 'bold', `true since event ${instant.number}${wasTrue ? ' or before' : ''}`),
    );
    printFacts(call.terminal, [
      ['recorded', new Date(instant.at).toISOString()],
      ...(terms.length === 0 ? [['value', `${before} -> ${value}`] as const] : terms.map(termFact)),
      ['command', events[0]?.commandId ?? ''],
    ]);
    events.forEach((event) => void call.terminal.print(eventLine(event)));
    call.terminal.say(styled(call.terminal, 'dim', `${examined} events looked at`));
    sayWhen(call.terminal, reply.value);
    return OK;
  });
};

function termFact(turn: BisectTerm): readonly [string, string] {
  return [turn.term, `${turn.before} -> ${turn.value}${turn.isTrue ? '' : ', not true'}`];
}
